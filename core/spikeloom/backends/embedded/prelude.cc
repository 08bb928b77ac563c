// The part of every generated simulator that does not depend on the model: the job that Python hands over, the
// threads' meeting point, counter-based random numbers, checks. Freestanding: no C++ standard header is needed, which
// keeps the first build under a second with any compiler.
//
// `scalar` and `DOUBLE` are defined before this text. runtime.py mirrors `Job` and the structs in it.

typedef signed int int32_t;
typedef unsigned int uint32_t;
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef signed short int16_t;
typedef unsigned short uint16_t;
typedef signed long long int64_t;
typedef unsigned long long uint64_t;

#define S(x) ((scalar)(x))

#if defined(_MSC_VER)
#define EXPORT extern "C" __declspec(dllexport)
#define RESTRICT __restrict
#define INDEPENDENT __pragma(loop(ivdep))
#define ALIGNED(p) (p)
#elif defined(__clang__)
#define EXPORT extern "C" __attribute__((visibility("default")))
#define RESTRICT __restrict__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define ALIGNED(p) __builtin_assume_aligned(p, 32)
#define UNROLLED _Pragma("unroll")
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#define RESTRICT __restrict__
#define INDEPENDENT _Pragma("GCC ivdep")
#define ALIGNED(p) __builtin_assume_aligned(p, 32)
#define UNROLLED _Pragma("GCC unroll 16")
#endif

// Kernels stay functions of their own: inlined, their pointers would no longer be known to be restricted.
#if defined(_MSC_VER)
#define KERNEL static __declspec(noinline) void
#else
#define KERNEL static __attribute__((noinline)) void
#endif

// Ask for `n` values that will soon be read: a tape that is read from its end defeats the processor's own guess.
#if defined(__GNUC__)
#define PREFETCH(p, n) for (int64_t j = 0; j < (n); j += 16) __builtin_prefetch((p) + j)
#else
#define PREFETCH(p, n)
#endif

// ---- mathematics: the language's functions in the build's precision ------------------------------------------
#if DOUBLE
#define MATHS1(name) extern "C" double name(double); static inline scalar m_##name(scalar x) { return name(x); }
#define MATHS2(name) extern "C" double name(double, double); \
    static inline scalar m_##name(scalar x, scalar y) { return name(x, y); }
#else
#define MATHS1(name) extern "C" float name##f(float); static inline scalar m_##name(scalar x) { return name##f(x); }
#define MATHS2(name) extern "C" float name##f(float, float); \
    static inline scalar m_##name(scalar x, scalar y) { return name##f(x, y); }
#endif
#if !DOUBLE && defined(__GNUC__) && (defined(__FMA__) || defined(__aarch64__))
// Of Cephes (Moshier): x = n ln 2 + r, and a polynomial in r. Written out so that loops become vector code; right to 2
// units in the last place. The products with ln 2, in two parts, are fused, so that the compiler does not rearrange them.
static inline __attribute__((always_inline)) scalar m_exp(scalar x) {
    const scalar inside = x < S(-104) ? S(-104) : x > S(89) ? S(89) : x;
    const scalar n = __builtin_rintf(inside * S(1.44269504088896341));
    const scalar r = __builtin_fmaf(n, S(2.12194440e-4), __builtin_fmaf(n, S(-0.693359375), inside));
    scalar p = S(1.9875691500e-4);
    p = __builtin_fmaf(p, r, S(1.3981999507e-3));
    p = __builtin_fmaf(p, r, S(8.3334519073e-3));
    p = __builtin_fmaf(p, r, S(4.1665795894e-2));
    p = __builtin_fmaf(p, r, S(1.6666665459e-1));
    p = __builtin_fmaf(p, r, S(5.0000001201e-1));
    const int32_t exponent = (int32_t)n, half = exponent >> 1;  // 2^n in two factors: n may be 128
    union { int32_t i; float f; } one = {(half + 127) << 23}, other = {(exponent - half + 127) << 23};
    return (__builtin_fmaf(r * r, p, r) + 1) * one.f * other.f;
}
#else
MATHS1(exp)
#endif
MATHS1(expm1) MATHS1(log) MATHS1(log1p) MATHS1(log2) MATHS1(log10) MATHS1(sqrt) MATHS1(fabs)
MATHS1(sin) MATHS1(cos) MATHS1(tan) MATHS1(asin) MATHS1(acos) MATHS1(atan) MATHS1(sinh) MATHS1(cosh) MATHS1(tanh)
MATHS1(erf) MATHS1(floor) MATHS1(ceil) MATHS1(round)
MATHS2(pow) MATHS2(atan2) MATHS2(fmod)
static inline scalar m_fmin(scalar x, scalar y) { return x < y ? x : y; }
static inline scalar m_fmax(scalar x, scalar y) { return x > y ? x : y; }
template <class X, class Y> static inline auto m_min(X x, Y y) -> decltype(x + y) { return x < y ? x : y; }
template <class X, class Y> static inline auto m_max(X x, Y y) -> decltype(x + y) { return x > y ? x : y; }
template <class X> static inline X m_abs(X x) { return x < 0 ? -x : x; }

// NaN and infinity, by their bits: no flag that lets the compiler assume finite numbers can remove this test.
static inline int32_t nonfinite(float x) {
    union { float f; uint32_t u; } bits = {x};
    return (bits.u & 0x7f800000u) == 0x7f800000u;
}
static inline int32_t nonfinite(double x) {
    union { double f; uint64_t u; } bits = {x};
    return (bits.u & 0x7ff0000000000000ull) == 0x7ff0000000000000ull;
}

// ---- the job -------------------------------------------------------------------------------------------------
struct Spikes {              // the input spikes of a data set, sorted by example and step
    const int64_t* offsets;  // example e has the spikes [offsets[e], offsets[e + 1])
    const int32_t* steps;
    const int32_t* ids;
};
struct Values {  // one array of `stride` values per example of a data set
    const void* data;
    int64_t stride;
};
struct Result {  // one array of `stride` values per position in the job
    void* data;
    int64_t stride;
};
struct SpikeRecord {  // spikes of a population in the recorded examples
    int64_t population;
    int64_t capacity;  // per example
    int32_t* steps;
    int32_t* ids;
    int64_t* counts;  // what was emitted, which may exceed the capacity
};
struct VarRecord {  // a variable of chosen neurons in the recorded examples, step by step
    int64_t phase;
    int64_t offset;   // in the slot
    int64_t integer;  // stored as int32_t
    int64_t count;
    int64_t late;     // the steps by which the variable lags behind
    const int32_t* ids;
    double* out;  // [recorded example][step][neuron]
};
struct Failure {  // the first thing that went wrong
    int32_t kind;  // 0 nothing, 1 not finite (neurons), 2 and 4 not finite in an update (synapses, neurons), 3 array index
    int32_t group;
    int32_t variable;
    int32_t index;
    int64_t position;
    int64_t step;  // -1: somewhere in the run
};
struct Job {
    char* shared;  // weights and all else that outlives a batch
    char* slots;   // one per thread: the state of the example at hand
    char* shards;  // accumulated gradients
    scalar* params;
    int64_t slot_bytes;
    int64_t shard_bytes;
    const Spikes* spikes;
    const Values* values;
    const Result* results;
    const SpikeRecord* spike_records;
    const VarRecord* var_records;
    const int32_t* record_slots;  // per position: index of the recording, or -1; null: nothing is recorded
    int64_t* spike_counts;        // [position][population]; null: nobody counts
    int64_t n_spike_records;
    int64_t n_var_records;
    const int64_t* batch_offsets;  // batch b has the positions [batch_offsets[b], batch_offsets[b + 1])
    const int64_t* examples;       // position -> example of the data set
    int64_t n_batches;
    const scalar* dynamic_values;  // [batch][parameter]
    int64_t n_dynamic;
    int32_t* tickets;  // per batch: the next shard to take
    int64_t batches_done;
    int32_t schedule;
    int32_t update;  // run the ops of the whole batch (learning)
    int32_t n_threads;
    int32_t n_shards;
    int32_t timesteps;
    int32_t check_each_step;
    int32_t stamp;  // of the job's first batch
    uint32_t seed;
    uint32_t epoch;
    int32_t stop;     // set from outside: leave after the batch
    int32_t leave;    // decided at the meeting point, the same for all threads
    int32_t waiting;  // threads at the meeting point
    int32_t meeting;  // its number
    Failure failure;
};
struct Example {
    int64_t position;  // in the job
    int64_t example;   // in the data set
    int32_t record;    // index of its recording, or -1; -2: steps that are computed again
    int32_t stamp;     // of its batch
};

// ---- threads -------------------------------------------------------------------------------------------------
#if defined(_WIN32)
extern "C" __declspec(dllimport) int __stdcall SwitchToThread(void);
static inline void yield_thread() { SwitchToThread(); }
#else
extern "C" int sched_yield(void);
static inline void yield_thread() { sched_yield(); }
#endif

#if defined(_MSC_VER)
extern "C" long _InterlockedExchangeAdd(long volatile*, long);
extern "C" long _InterlockedCompareExchange(long volatile*, long, long);
#pragma intrinsic(_InterlockedExchangeAdd, _InterlockedCompareExchange)
static inline int32_t fetch_add(int32_t* p, int32_t n) { return _InterlockedExchangeAdd((long volatile*)p, n); }
static inline int32_t load(const int32_t* p) { return *(const volatile int32_t*)p; }
static inline void store(int32_t* p, int32_t value) { *(volatile int32_t*)p = value; }
static inline bool claim(int32_t* p, int32_t value) { return !_InterlockedCompareExchange((long volatile*)p, value, 0); }
#else
static inline int32_t fetch_add(int32_t* p, int32_t n) { return __atomic_fetch_add(p, n, __ATOMIC_ACQ_REL); }
static inline int32_t load(const int32_t* p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
static inline void store(int32_t* p, int32_t value) { __atomic_store_n(p, value, __ATOMIC_RELEASE); }
static inline bool claim(int32_t* p, int32_t value) {
    int32_t expected = 0;
    return __atomic_compare_exchange_n(p, &expected, value, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
#endif

// Wait for all threads of the job; true in the one that came last, which must then call `release`.
static inline bool meet(Job* job, int32_t meeting) {
    if (fetch_add(&job->waiting, 1) == job->n_threads - 1) return true;
    for (int spins = 0; load(&job->meeting) == meeting; ++spins)
        if (spins > 2000) yield_thread();
    return false;
}
static inline void release(Job* job) {
    store(&job->waiting, 0);
    fetch_add(&job->meeting, 1);
}

// Denormals are flushed to zero in our threads, and only while they run our code: traces decay to 0, not to a crawl.
#if defined(__x86_64__) || defined(_M_X64)
#if defined(_MSC_VER)
extern "C" unsigned int _mm_getcsr(void);
extern "C" void _mm_setcsr(unsigned int);
#else
static inline unsigned int _mm_getcsr() { return __builtin_ia32_stmxcsr(); }
static inline void _mm_setcsr(unsigned int word) { __builtin_ia32_ldmxcsr(word); }
#endif
struct FlushToZero {
    unsigned int word = _mm_getcsr();
    FlushToZero() { _mm_setcsr(word | 0x8040u); }
    ~FlushToZero() { _mm_setcsr(word); }
};
#elif defined(__aarch64__)
struct FlushToZero {
    uint64_t word;
    FlushToZero() {
        __asm__ volatile("mrs %0, fpcr" : "=r"(word));
        uint64_t flushing = word | (1ull << 24);
        __asm__ volatile("msr fpcr, %0" : : "r"(flushing));
    }
    ~FlushToZero() { __asm__ volatile("msr fpcr, %0" : : "r"(word)); }
};
#else
struct FlushToZero {};
#endif

// ---- failures ------------------------------------------------------------------------------------------------
static void fail(Job* job, int32_t kind, int32_t group, int32_t variable, int32_t index, int64_t position, int64_t step) {
    if (!claim(&job->failure.kind, kind)) return;
    job->failure.group = group;
    job->failure.variable = variable;
    job->failure.index = index;
    job->failure.position = position;
    job->failure.step = step;
}
static inline int64_t checked(int64_t index, int64_t size, int32_t group, Job* job) {
    if (index >= 0 && index < size) return index;
    fail(job, 3, group, -1, (int32_t)index, -1, -1);
    return 0;
}
static bool finite_neurons(Job* job, const char* slot, int64_t offset, int32_t n, int32_t group, int32_t variable,
                           const Example* ex, int64_t step) {
    const scalar* x = (const scalar*)(slot + offset);
    int32_t bad = 0;
    for (int32_t j = 0; j < n; ++j) bad |= nonfinite(x[j]);
    if (!bad) return true;
    for (int32_t j = 0; j < n; ++j)
        if (nonfinite(x[j])) {
            fail(job, 1, group, variable, j, ex->position, step);
            break;
        }
    return false;
}

// ---- random numbers: Philox 4x32-10 (Salmon et al. 2011), a function of what the number is for -----------------
struct Random4 { uint32_t x[4]; };
static Random4 philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; ++round) {
        const uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
}
struct Random {
    uint32_t seed, stream, c0, c1, c2, c3;
    Random4 next() { return philox(c0, c1, c2, c3++, seed, stream); }
    static scalar open(uint32_t x) { return ((scalar)(x >> 8) + S(0.5)) * S(5.9604644775390625e-08); }  // in (0, 1)
    scalar uniform() { return open(next().x[0]); }
    scalar exponential() { return -m_log(uniform()); }
    scalar normal() {  // Box and Muller
        const Random4 r = next();
        return m_sqrt(S(-2) * m_log(open(r.x[0]))) * m_cos(S(6.283185307179586) * open(r.x[1]));
    }
};

// Turn an array of flags (0 or 1) into the list of the flagged neurons. It may be the same array: what is written lies
// before what is still to be read. Up to 16 places behind the list are overwritten.
static inline int32_t compact(const int32_t* flags, int32_t n, int32_t* list) {
    int32_t count = 0, j = 0;
#if defined(__AVX512F__) && defined(__GNUC__) && !defined(__clang__)
    // Without a branch; of four vectors at a time, so that they do not wait for each other's number of spikes.
    typedef int32_t Sixteen __attribute__((vector_size(64), aligned(4), may_alias));
    Sixteen numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (; j + 64 <= n; j += 64) {
        uint16_t masks[4];
        UNROLLED for (int k = 0; k < 4; ++k) {
            const Sixteen some = *(const Sixteen*)(flags + j + 16 * k);
            masks[k] = __builtin_ia32_ptestmd512(some, some, (uint16_t)-1);
        }
        UNROLLED for (int k = 0; k < 4; ++k, numbers += 16) {
            *(Sixteen*)(list + count) = __builtin_ia32_compresssi512_mask(numbers, numbers, masks[k]);
            count += __builtin_popcount(masks[k]);
        }
    }
    for (; j + 16 <= n; j += 16, numbers += 16) {
        const Sixteen some = *(const Sixteen*)(flags + j);
        const uint16_t mask = __builtin_ia32_ptestmd512(some, some, (uint16_t)-1);
        *(Sixteen*)(list + count) = __builtin_ia32_compresssi512_mask(numbers, numbers, mask);
        count += __builtin_popcount(mask);
    }
#else
    int32_t any = 0;  // most often there are few or none
    for (int32_t k = 0; k < n; ++k) any |= flags[k];
    if (!any) return 0;
#endif
    for (; j < n; ++j) {
        const int32_t flag = flags[j];
        list[count] = j;
        count += flag;
    }
    return count;
}
static inline void copy(int32_t* RESTRICT to, const int32_t* RESTRICT from, int64_t n) {
    for (int64_t j = 0; j < n; ++j) to[j] = from[j];
}
// The row of a ring that is read `delay` steps after this one, and that in which stands what was `delay` steps ago (0: at
// the end of the step before this one).
static inline int64_t ring_row(int64_t step, int64_t delay, int64_t rows) {
    const int64_t inside = delay < 0 ? 0 : delay >= rows ? rows - 1 : delay, row = step % rows + inside;
    return row >= rows ? row - rows : row;
}
static inline int64_t past_row(int64_t step, int64_t delay, int64_t rows) {
    const int64_t inside = delay < 0 ? 0 : delay >= rows ? rows - 1 : delay, row = step % rows - 1 - inside;
    return row < 0 ? row + rows : row;
}
static inline void zero(scalar* RESTRICT x, int64_t n) {
    for (int64_t j = 0; j < n; ++j) x[j] = 0;
}
static inline void fill(int32_t* RESTRICT x, int64_t n, int32_t value) {
    for (int64_t j = 0; j < n; ++j) x[j] = value;
}
static inline void fill(scalar* RESTRICT x, int64_t n, scalar value) {
    for (int64_t j = 0; j < n; ++j) x[j] = value;
}

// ---- rows of a dense matrix: COLUMNS values each, the padding included ----------------------------------------------
// A stretch of a row that fits into registers stays there while the rows of a step go by. Where the compiler has no
// vector types it is done row by row; the order in which values are added is the same. A matrix that is FAR_AWAY, too
// large for the first cache, is asked for its next row while this one is added.
#if defined(__GNUC__)
#if defined(__AVX512F__)
#define LANE_BYTES 64
#define STRETCH 16
#elif defined(__AVX__)
#define LANE_BYTES 32
#define STRETCH 8
#else
#define LANE_BYTES 16
#define STRETCH 8
#endif
typedef scalar Lanes __attribute__((vector_size(LANE_BYTES), aligned(sizeof(scalar)), may_alias));
typedef scalar HalfLanes __attribute__((vector_size(LANE_BYTES / 2), aligned(sizeof(scalar)), may_alias));
static constexpr int64_t LANES = LANE_BYTES / sizeof(scalar);

// N vectors of each row, and half a one behind them.
template <int N, bool HALF, int64_t COLUMNS, bool FAR_AWAY, class Factor>
static inline void add_stretch(scalar* out, const scalar* rows, const int32_t* list, int64_t n, Factor factor) {
    Lanes sum[N + 1];
    HalfLanes half = {};
    UNROLLED for (int k = 0; k < N; ++k) sum[k] = ((const Lanes*)out)[k];
    if constexpr (HALF) half = *(const HalfLanes*)(out + N * LANES);
    for (int64_t s = 0; s < n; ++s) {
        const int64_t i = list[s];
        const scalar *row = rows + i * COLUMNS, f = factor(i);
        const scalar* next = rows + list[s + 1 < n ? s + 1 : s] * COLUMNS;
        UNROLLED for (int k = 0; k < N; ++k) {
            if constexpr (FAR_AWAY) __builtin_prefetch(next + k * LANES);
            sum[k] += ((const Lanes*)row)[k] * f;
        }
        if constexpr (HALF) half += *(const HalfLanes*)(row + N * LANES) * f;
    }
    UNROLLED for (int k = 0; k < N; ++k) ((Lanes*)out)[k] = sum[k];
    if constexpr (HALF) *(HalfLanes*)(out + N * LANES) = half;
}
template <int N, bool HALF, int64_t COLUMNS, bool FAR_AWAY>
static inline void add_to_stretch(const scalar* x, scalar factor, scalar* rows, const int32_t* list, int64_t n) {
    Lanes what[N + 1];
    HalfLanes half = {};
    UNROLLED for (int k = 0; k < N; ++k) what[k] = ((const Lanes*)x)[k] * factor;
    if constexpr (HALF) half = *(const HalfLanes*)(x + N * LANES) * factor;
    for (int64_t s = 0; s < n; ++s) {
        scalar* row = rows + list[s] * COLUMNS;
        const scalar* next = rows + list[s + 1 < n ? s + 1 : s] * COLUMNS;
        UNROLLED for (int k = 0; k < N; ++k) {
            if constexpr (FAR_AWAY) __builtin_prefetch(next + k * LANES, 1);
            ((Lanes*)row)[k] += what[k];
        }
        if constexpr (HALF) *(HalfLanes*)(row + N * LANES) += half;
    }
}
#endif

// out += rows[i] * factor(i) for every i of the list
template <int64_t COLUMNS, bool FAR_AWAY, class Factor>
static inline void add_rows(scalar* out, const scalar* rows, const int32_t* list, int64_t n, Factor factor) {
#if defined(__GNUC__)
    constexpr int64_t WHOLE = COLUMNS / LANES, REST = WHOLE % STRETCH, BEHIND = COLUMNS % LANES;
    static_assert(BEHIND == 0 || BEHIND == LANES / 2, "rows are padded to half vectors");
    int64_t done = 0;
    for (; done + STRETCH * LANES <= COLUMNS; done += STRETCH * LANES)
        add_stretch<STRETCH, false, COLUMNS, FAR_AWAY>(out + done, rows + done, list, n, factor);
    if constexpr (REST + BEHIND > 0) add_stretch<REST, (BEHIND > 0), COLUMNS, FAR_AWAY>(out + done, rows + done, list, n, factor);
#else
    for (int64_t s = 0; s < n; ++s) {
        const int64_t i = list[s];
        const scalar f = factor(i);
        INDEPENDENT
        for (int64_t j = 0; j < COLUMNS; ++j) out[j] += rows[i * COLUMNS + j] * f;
    }
#endif
}
// rows[i] += x * factor for every i of the list
template <int64_t COLUMNS, bool FAR_AWAY>
static inline void add_to_rows(const scalar* x, scalar factor, scalar* rows, const int32_t* list, int64_t n) {
#if defined(__GNUC__)
    constexpr int64_t WHOLE = COLUMNS / LANES, REST = WHOLE % STRETCH, BEHIND = COLUMNS % LANES;
    int64_t done = 0;
    for (; done + STRETCH * LANES <= COLUMNS; done += STRETCH * LANES)
        add_to_stretch<STRETCH, false, COLUMNS, FAR_AWAY>(x + done, factor, rows + done, list, n);
    if constexpr (REST + BEHIND > 0) add_to_stretch<REST, (BEHIND > 0), COLUMNS, FAR_AWAY>(x + done, factor, rows + done, list, n);
#else
    for (int64_t s = 0; s < n; ++s) {
        INDEPENDENT
        for (int64_t j = 0; j < COLUMNS; ++j) rows[list[s] * COLUMNS + j] += x[j] * factor;
    }
#endif
}
// Zero the rows of the list that no example of the batch has touched yet.
template <int64_t COLUMNS>
static inline void fresh_rows(scalar* rows, int32_t* stamps, int32_t stamp, const int32_t* list, int64_t n) {
    for (int64_t s = 0; s < n; ++s)
        if (stamps[list[s]] != stamp) {
            stamps[list[s]] = stamp;
            zero(rows + list[s] * COLUMNS, COLUMNS);
        }
}

static void record_spikes(const Job* job, const Example* ex, int32_t population, int32_t step, const int32_t* ids,
                          int32_t n) {
    for (int64_t r = 0; r < job->n_spike_records; ++r) {
        const SpikeRecord* record = &job->spike_records[r];
        if (record->population != population) continue;
        if (!record->steps) {  // the spikes of each neuron are counted
            int32_t* counts = record->ids + ex->record * record->capacity;
            for (int32_t k = 0; k < n; ++k) ++counts[ids[k]];
            continue;
        }
        int64_t* count = &record->counts[ex->record];
        for (int32_t k = 0; k < n; ++k, ++*count) {
            if (*count >= record->capacity) continue;
            record->steps[ex->record * record->capacity + *count] = step;
            record->ids[ex->record * record->capacity + *count] = ids[k];
        }
    }
}
static void record_vars(const Job* job, const char* slot, const Example* ex, int32_t phase, int32_t step) {
    for (int64_t r = 0; r < job->n_var_records; ++r) {
        const VarRecord* record = &job->var_records[r];
        if (record->phase != phase) continue;
        // A backward step undoes a forward step; it is filed under that step.
        const int64_t row = (phase == 0 ? step : job->timesteps - 1 - step) - record->late;
        if (row < 0 || row >= job->timesteps) continue;
        double* out = record->out + (ex->record * job->timesteps + row) * record->count;
        for (int64_t k = 0; k < record->count; ++k)
            out[k] = record->integer ? (double)((const int32_t*)(slot + record->offset))[record->ids[k]]
                                     : (double)((const scalar*)(slot + record->offset))[record->ids[k]];
    }
}
