// E-prop of one fixed net as one would write it by hand for speed: the peer of `eprop.py`, which compiles it.
//
// The net's sizes and constants are macros, so that the compiler knows every loop's length. Weights, gradients and the
// sums of a step lie in vectors as wide as the machine's.

#include <math.h>
#include <stdint.h>
#include <string.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#if defined(__AVX512F__)
#include <immintrin.h>
#elif defined(__x86_64__)
#include <xmmintrin.h>
#endif

#define UNROLLED _Pragma("GCC unroll 32")

#if defined(__AVX512F__)
constexpr int WIDTH = 16, SUMS = 16, CHUNK = 8;
#else
constexpr int WIDTH = 8, SUMS = 8, CHUNK = 4;
#endif
// WIDTH: floats in a vector. SUMS: vectors that a sum over rows keeps in registers. CHUNK: vectors of synapses whose
// traces the forward rule in blocks keeps there.
typedef float Lanes __attribute__((vector_size(WIDTH * sizeof(float))));
constexpr int STEPS = TIMESTEPS;
constexpr int PRE = INPUTS + HIDDEN;  // rows of synapses onto hidden neurons: those of the inputs, then the recurrent
constexpr int POST = HIDDEN / WIDTH;  // vectors of a row onto hidden neurons
constexpr int OUT = (OUTPUTS + WIDTH - 1) / WIDTH;  // vectors of a row onto outputs, the last one padded with zeros
constexpr int BLOCK = 20;  // timesteps of a block: few, so that what is read again and again stays in the first cache
static_assert(POST % SUMS == 0 && OUT <= SUMS, "rows onto hidden neurons come in whole blocks of registers");
static_assert(STEPS % BLOCK == 0, "timesteps come in whole blocks");

constexpr float THETA = V_THRESH, SLOPE = 0.3f / THETA;

enum Rule { ADJOINT, FORWARD, FORWARD_IN_BLOCKS };

static inline Lanes most(Lanes x, Lanes y) { return x > y ? x : y; }
static inline Lanes size_of(Lanes x) { return most(x, -x); }
static inline Lanes all(float x) { return x - Lanes{}; }

// ---- what is learnt ------------------------------------------------------------------------------------------------
struct Parameters {  // weights, gradients or moments
    Lanes hidden[PRE][POST];
    Lanes output[HIDDEN][OUT];

    float* begin() { return (float*)this; }
    static constexpr int count() { return sizeof(Parameters) / sizeof(float); }
};
struct Trace {  // of a vector of synapses; together, so that a step reads and writes one stream of memory
    Lanes filtered, adaptation, gradient;
};
struct Spikes {  // the input spikes of all examples: those of example e in step n are ids[offsets[e * (STEPS + 1) + n]...]
    const int32_t* offsets;
    const int32_t* ids;
};

// ---- one thread's state, of one example ----------------------------------------------------------------------------
struct Slot {
    Parameters gradient;
    Lanes v[POST], adaptation[POST], y[OUT];
    Lanes psi[STEPS][POST], error[STEPS][OUT], learning[STEPS][POST];
    int32_t emitted[STEPS * HIDDEN + WIDTH];  // the hidden neurons that spike, step by step
    int32_t starts[STEPS + 1];        // where those of a step begin
    float incoming[PRE];                 // spikes that arrive, filtered with ALPHA: one number per row
    float outgoing[HIDDEN];              // the same at the outputs, with KAPPA
    float filtered[BLOCK][PRE];
    Trace traces[PRE][POST];             // of the forward rule, whose gradient stays in them until the batch is over
    int64_t hidden_spikes;
};

// Add the rows to the sums, which stay in registers until the last row is added.
template <int N> static inline void add_rows(Lanes* sums, const Lanes* const* rows, int count) {
    constexpr int HELD = N < SUMS ? N : SUMS;
    for (int first = 0; first < N; first += HELD) {
        Lanes sum[HELD];
        UNROLLED for (int k = 0; k < HELD; ++k) sum[k] = sums[first + k];
        for (int i = 0; i < count; ++i) {
            const Lanes* row = rows[i] + first;
            UNROLLED for (int k = 0; k < HELD; ++k) sum[k] += row[k];
        }
        UNROLLED for (int k = 0; k < HELD; ++k) sums[first + k] = sum[k];
    }
}

// Add what is in registers to each of the rows.
template <int N> static inline void add_to_rows(const Lanes* what, Lanes* const* rows, int count) {
    constexpr int HELD = N < SUMS ? N : SUMS;
    for (int first = 0; first < N; first += HELD) {
        Lanes x[HELD];
        UNROLLED for (int k = 0; k < HELD; ++k) x[k] = what[first + k];
        for (int i = 0; i < count; ++i) {
            Lanes* row = rows[i] + first;
            UNROLLED for (int k = 0; k < HELD; ++k) row[k] += x[k];
        }
    }
}

// Append the numbers of the lanes in which `x >= threshold`; as many as there are lanes behind them may be overwritten.
static inline int append_spikes(int32_t* list, int count, int first, Lanes x, Lanes threshold) {
#if defined(__AVX512F__)
    const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __mmask16 spiking = _mm512_cmp_ps_mask((__m512)x, (__m512)threshold, _CMP_GE_OQ);
    _mm512_storeu_si512(list + count, _mm512_maskz_compress_epi32(spiking, _mm512_add_epi32(numbers, _mm512_set1_epi32(first))));
    count += __builtin_popcount(spiking);
#else
    for (int lane = 0; lane < WIDTH; ++lane)
        if (x[lane] >= threshold[lane]) list[count++] = first + lane;
#endif
    return count;
}

// softmax(y) minus one at the label
static inline void softmax_error(Lanes* error, const Lanes* y, int label) {
    alignas(64) float x[OUT * WIDTH];
    memcpy(x, y, sizeof x);
    float largest = x[0], sum = 0;
    for (int k = 1; k < OUTPUTS; ++k) largest = x[k] > largest ? x[k] : largest;
    for (int k = 0; k < OUT * WIDTH; ++k) x[k] = expf(x[k] - largest);
    for (int k = OUTPUTS; k < OUT * WIDTH; ++k) x[k] = 0;
    for (int k = 0; k < OUT * WIDTH; ++k) sum += x[k];
    const float scale = 1 / sum;
    for (int k = 0; k < OUT * WIDTH; ++k) x[k] *= scale;
    x[label] -= 1;
    memcpy(error, x, sizeof x);
}

// The errors (or their filtered sums) as each hidden neuron feels them: `feedback` is W_out, transposed.
static inline void feed_back(Lanes* out, const Lanes (*feedback)[POST], const Lanes* errors) {
    alignas(64) float e[OUT * WIDTH];
    memcpy(e, errors, sizeof e);
    for (int first = 0; first < POST; first += SUMS) {
        Lanes sum[SUMS] = {};
        for (int k = 0; k < OUTPUTS; ++k)
            UNROLLED for (int j = 0; j < SUMS; ++j) sum[j] += feedback[k][first + j] * e[k];
        UNROLLED for (int j = 0; j < SUMS; ++j) out[first + j] = sum[j];
    }
}

struct Arrivals {  // the rows of the spikes that arrive in a step: inputs, then hidden neurons
    const int32_t *inputs, *hidden;
    int n_inputs, n_hidden;

    Arrivals(const Slot* s, Spikes spikes, int64_t example, int n) {
        const int64_t at = example * (STEPS + 1) + n - 1;  // emitted in the step before
        inputs = n ? spikes.ids + spikes.offsets[at] : spikes.ids;
        n_inputs = n ? spikes.offsets[at + 1] - spikes.offsets[at] : 0;
        hidden = n ? s->emitted + s->starts[n - 1] : s->emitted;
        n_hidden = n ? s->starts[n] - s->starts[n - 1] : 0;
    }
    template <class Row, class Matrix> int rows(Row** list, Matrix* matrix) const {
        for (int i = 0; i < n_inputs; ++i) list[i] = matrix[inputs[i]];
        for (int i = 0; i < n_hidden; ++i) list[n_inputs + i] = matrix[INPUTS + hidden[i]];
        return n_inputs + n_hidden;
    }
    template <class Row, class Matrix> int hidden_rows(Row** list, Matrix* matrix) const {
        for (int i = 0; i < n_hidden; ++i) list[i] = matrix[hidden[i]];
        return n_hidden;
    }
};

// ---- one step of the net -------------------------------------------------------------------------------------------
// Not inlined: rounded alike in every rule, so that all see the same spikes and their gradients can be compared.
__attribute__((noinline)) static void step(Slot* s, const Parameters* w, const Arrivals& arrivals, int n, int label) {
    const Lanes* rows[PRE + 1];
    UNROLLED for (int j = 0; j < POST; ++j) s->v[j] *= ALPHA;
    add_rows<POST>(s->v, rows, arrivals.rows(rows, w->hidden));
    int count = s->starts[n];
    for (int j = 0; j < POST; ++j) {
        const Lanes a = s->adaptation[j], v = s->v[j], threshold = THETA + BETA * a;
        s->psi[n][j] = SLOPE * most(all(0), 1 - size_of(v - threshold) * (1 / THETA));
        s->v[j] = v >= threshold ? v - THETA : v;
        s->adaptation[j] = RHO * a + (v >= threshold ? all(1) : all(0));  // as the next step finds it
        count = append_spikes(s->emitted, count, j * WIDTH, v, threshold);
    }
    s->starts[n + 1] = count;
    s->hidden_spikes += count - s->starts[n];
    UNROLLED for (int k = 0; k < OUT; ++k) s->y[k] *= KAPPA;
    add_rows<OUT>(s->y, rows, arrivals.hidden_rows(rows, w->output));
    softmax_error(s->error[n], s->y, label);
}

// ---- the adjoint: a sweep backward over neurons, one row per spike -------------------------------------------------
static void adjoint(Slot* s, const Parameters* w, const Lanes (*feedback)[POST], Spikes spikes, int64_t example, int label) {
    for (int n = 0; n < STEPS; ++n) step(s, w, Arrivals(s, spikes, example, n), n, label);
    Lanes fk[OUT] = {}, lam[POST] = {}, p[POST] = {}, g[POST];
    Lanes* rows[PRE + 1];
    for (int n = STEPS - 1; n >= 0; --n) {
        feed_back(g, feedback, fk);
        UNROLLED for (int j = 0; j < POST; ++j) {
            const Lanes q = s->psi[n][j] * (g[j] + lam[j]);
            lam[j] = RHO * lam[j] - BETA * q;
            p[j] = q + ALPHA * p[j];
        }
        UNROLLED for (int k = 0; k < OUT; ++k) fk[k] = s->error[n][k] + KAPPA * fk[k];
        const Arrivals arrivals(s, spikes, example, n);
        add_to_rows<POST>(p, rows, arrivals.rows(rows, s->gradient.hidden));
        add_to_rows<OUT>(fk, rows, arrivals.hidden_rows(rows, s->gradient.output));
    }
}

// ---- the forward rule: eligibility traces of every synapse in every step -------------------------------------------
// What both forms of it do in a step, apart from the traces: filter arrivals, errors to hidden neurons, output weights.
static inline void forward_step(Slot* s, const Parameters* w, const Lanes (*feedback)[POST], const Arrivals& arrivals,
                                int n, int label) {
    step(s, w, arrivals, n, label);
    feed_back(s->learning[n], feedback, s->error[n]);
    for (int i = 0; i < PRE; ++i) s->incoming[i] *= ALPHA;
    for (int i = 0; i < HIDDEN; ++i) s->outgoing[i] *= KAPPA;
    for (int i = 0; i < arrivals.n_inputs; ++i) s->incoming[arrivals.inputs[i]] += 1;
    for (int i = 0; i < arrivals.n_hidden; ++i) {
        s->incoming[INPUTS + arrivals.hidden[i]] += 1;
        s->outgoing[arrivals.hidden[i]] += 1;
    }
    for (int i = 0; i < HIDDEN; ++i)
        UNROLLED for (int k = 0; k < OUT; ++k) s->gradient.output[i][k] += s->outgoing[i] * s->error[n][k];
}

// One synapse: F reaches dW before e reaches F, because a spike is felt by the outputs a step after it.
static inline void advance(Lanes& filtered, Lanes& adaptation, Lanes& gradient, Lanes psi, Lanes learning, float z) {
    gradient += learning * filtered;
    const Lanes e = psi * (z - BETA * adaptation);
    adaptation = RHO * adaptation + e;
    filtered = KAPPA * filtered + e;
}

static void clear_traces(Slot* s) {
    memset(s->incoming, 0, sizeof s->incoming);
    memset(s->outgoing, 0, sizeof s->outgoing);
    for (auto& row : s->traces)
        for (Trace& trace : row) trace.filtered = trace.adaptation = all(0);
}

// As it is published: online, all traces in every step.
static void forward(Slot* s, const Parameters* w, const Lanes (*feedback)[POST], Spikes spikes, int64_t example, int label) {
    clear_traces(s);
    for (int n = 0; n < STEPS; ++n) {
        forward_step(s, w, feedback, Arrivals(s, spikes, example, n), n, label);
        for (int i = 0; i < PRE; ++i) {
            const float z = s->incoming[i];
            UNROLLED for (int j = 0; j < POST; ++j) {
                Trace& trace = s->traces[i][j];
                advance(trace.filtered, trace.adaptation, trace.gradient, s->psi[n][j], s->learning[n][j], z);
            }
        }
    }
}

// Not online: the traces of a few synapses stay in registers over a block of timesteps that was taped before.
static void forward_in_blocks(Slot* s, const Parameters* w, const Lanes (*feedback)[POST], Spikes spikes,
                              int64_t example, int label) {
    clear_traces(s);
    for (int first = 0; first < STEPS; first += BLOCK) {
        for (int n = first; n < first + BLOCK; ++n) {
            forward_step(s, w, feedback, Arrivals(s, spikes, example, n), n, label);
            memcpy(s->filtered[n - first], s->incoming, sizeof s->incoming);
        }
        for (int chunk = 0; chunk < POST; chunk += CHUNK)
            for (int i = 0; i < PRE; ++i) {
                Trace* traces = s->traces[i] + chunk;
                Lanes f[CHUNK], a[CHUNK], gradient[CHUNK];
                UNROLLED for (int j = 0; j < CHUNK; ++j)
                    f[j] = traces[j].filtered, a[j] = traces[j].adaptation, gradient[j] = traces[j].gradient;
                for (int n = 0; n < BLOCK; ++n) {
                    const Lanes *psi = s->psi[first + n] + chunk, *learning = s->learning[first + n] + chunk;
                    const float z = s->filtered[n][i];
                    UNROLLED for (int j = 0; j < CHUNK; ++j) advance(f[j], a[j], gradient[j], psi[j], learning[j], z);
                }
                UNROLLED for (int j = 0; j < CHUNK; ++j)
                    traces[j].filtered = f[j], traces[j].adaptation = a[j], traces[j].gradient = gradient[j];
            }
    }
}

// ---- batches -------------------------------------------------------------------------------------------------------
struct Trainer {
    Parameters weights, gradient, mean, variance;
    Lanes feedback[OUTPUTS][POST];
    std::vector<std::unique_ptr<Slot>> slots;
    int updates = 0;
};

// Examples of the batch until none is left.
static void work(Trainer* t, Slot* s, Rule rule, Spikes spikes, const int32_t* labels, const int64_t* batch, int size,
                 std::atomic<int>* next) {
#if defined(__x86_64__)
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040u);  // denormals are zeros
#endif
    memset((void*)&s->gradient, 0, sizeof s->gradient);
    if (rule != ADJOINT)
        for (auto& row : s->traces)
            for (Trace& trace : row) trace.gradient = all(0);
    s->hidden_spikes = 0;
    const auto learn = rule == ADJOINT ? adjoint : rule == FORWARD ? forward : forward_in_blocks;
    for (int b; (b = next->fetch_add(1)) < size;) {
        memset((void*)s->v, 0, sizeof s->v);
        memset((void*)s->adaptation, 0, sizeof s->adaptation);
        memset((void*)s->y, 0, sizeof s->y);
        s->starts[0] = 0;
        learn(s, &t->weights, t->feedback, spikes, batch[b], labels[batch[b]]);
    }
    if (rule != ADJOINT)
        for (int i = 0; i < PRE; ++i)
            for (int j = 0; j < POST; ++j) s->gradient.hidden[i][j] = s->traces[i][j].gradient;
#if defined(__x86_64__)
    _mm_setcsr(before);
#endif
}

static void adam(Trainer* t, float rate) {
    const float c1 = 1 - powf(0.9f, ++t->updates), c2 = 1 - powf(0.999f, t->updates);
    float *w = t->weights.begin(), *g = t->gradient.begin(), *m = t->mean.begin(), *v = t->variance.begin();
#pragma GCC ivdep
    for (int i = 0; i < Parameters::count(); ++i) {
        m[i] = 0.9f * m[i] + 0.1f * g[i];
        v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
        w[i] -= rate * (m[i] / c1) / (sqrtf(v[i] / c2) + 1e-8f);
    }
}

static void transpose(Trainer* t) {
    for (int i = 0; i < HIDDEN; ++i)
        for (int k = 0; k < OUTPUTS; ++k) ((float*)t->feedback[k])[i] = ((float*)t->weights.output[i])[k];
}

extern "C" Trainer* create(const float* hidden, const float* output, int threads) {
    Trainer* t = new Trainer();
    memcpy((void*)t->weights.hidden, hidden, sizeof t->weights.hidden);
    for (int i = 0; i < HIDDEN; ++i) memcpy((void*)t->weights.output[i], output + i * OUTPUTS, OUTPUTS * sizeof(float));
    for (int k = 0; k < threads; ++k) t->slots.emplace_back(new Slot());
    return t;
}

extern "C" void destroy(Trainer* t) { delete t; }

// Train `size` examples as one batch. Returns how many hidden spikes it had.
extern "C" int64_t train(Trainer* t, int rule, const int32_t* offsets, const int32_t* ids, const int32_t* labels,
                         const int64_t* batch, int size, float rate) {
    std::atomic<int> next{0};
    std::vector<std::thread> threads;
    transpose(t);
    for (auto& slot : t->slots)
        if (slot != t->slots.front())
            threads.emplace_back(work, t, slot.get(), (Rule)rule, Spikes{offsets, ids}, labels, batch, size, &next);
    work(t, t->slots.front().get(), (Rule)rule, Spikes{offsets, ids}, labels, batch, size, &next);
    for (std::thread& thread : threads) thread.join();
    memset((void*)&t->gradient, 0, sizeof t->gradient);
    int64_t spikes = 0;
    for (auto& slot : t->slots) {
        float *sum = t->gradient.begin(), *part = slot->gradient.begin();
#pragma GCC ivdep
        for (int i = 0; i < Parameters::count(); ++i) sum[i] += part[i] / size;
        spikes += slot->hidden_spikes;
    }
    adam(t, rate);
    return spikes;
}

// The last batch's gradient, without padding.
extern "C" void gradient(const Trainer* t, float* hidden, float* output) {
    memcpy(hidden, t->gradient.hidden, sizeof t->gradient.hidden);
    for (int i = 0; i < HIDDEN; ++i) memcpy(output + i * OUTPUTS, t->gradient.output[i], OUTPUTS * sizeof(float));
}
