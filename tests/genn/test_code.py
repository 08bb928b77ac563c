"""The code language: what it takes, what it refuses and where, how it is specialised and printed as C++."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycparser import c_ast

from spikeloom.backends.embedded import build_cache
from spikeloom.backends.embedded.generate import prelude
from spikeloom.errors import UserError
from spikeloom.genn import Access, ExtraGlobalParam, NeuronModel, Var, WeightUpdateModel
from spikeloom.genn.code import Names, Symbol, check, emit, fold, fold_expression, parse, parse_expression
from spikeloom.genn.code.names import used
from spikeloom.genn.model_check import check_neuron_model, check_weight_update_model, neuron_names


def neuron(sim_code: str = "", **codes: str) -> NeuronModel:
    """A neuron with something of every kind: V and N may be written, all else may not."""
    return NeuronModel(
        name="Custom",
        params=("Alpha", "Vthresh", "Size"),
        vars=(Var("V"), Var("N", "int32_t"), Var("Bias", access=Access.READ_ONLY)),
        sim_code=sim_code,
        extra_global_params=(ExtraGlobalParam("Tape", "scalar", "Size"), ExtraGlobalParam("Steps", "int32_t", "Size")),
        additional_input_vars=("Extra",),
        **codes,
    )


def refusal(sim_code: str) -> UserError:
    """The error that a sim code gives."""
    with pytest.raises(UserError) as caught:
        check_neuron_model(neuron(sim_code), "hidden")
    return caught.value


# Code, V and N before, what the code leaves in V. Tape has 8 elements, all 0; Alpha is 0.5, Isyn 3.
ACCEPTED = {
    "": (7, 0, 7),
    ";;": (7, 0, 7),
    "V = 2;": (0, 0, 2),
    "V = (Alpha * V) + Isyn;": (4, 0, 5),
    "V += Bias; V -= 1; V *= 2; V /= 4;": (3, 0, 1),
    "V = 1 / 2;": (9, 0, 0),
    "V = 1.0 / 2;": (9, 0, 0.5),
    "V = N / 2;": (0, 7, 3),
    "V = V / N + N / V + 7 % num_neurons; N /= 2; V /= N;": (2, 4, (0.5 + 2 + 7) / 2),
    "V = (scalar)N / 2;": (0, 7, 3.5),
    "V = (int)V + (float)0.5 + (double)0.25;": (7.9, 0, 7.75),
    "V = -3 % 2 + (N << 2) + (N >> 1) + (N & 4) + (N | 8) + (N ^ 1) + ~N;": (0, 5, -1 + 20 + 2 + 4 + 13 + 4 - 6),
    "N %= 4; N <<= 3; N |= 1; N ^= 2; N &= 31; N >>= 1; V = N;": (0, 7, (((((7 % 4) << 3) | 1) ^ 2) & 31) >> 1),
    "V = - -V;": (2, 0, 2),
    "V = !V + !0 + !(!N);": (2, 5, 2),
    "V = N++ + ++N; V = V * 100 + N--; --N;": (0, 1, 403),
    "V = V > 1 ? N : 2;": (2, 5, 5),
    "V = N = 3;": (0, 0, 3),
    "V = (N = 2, N + 1);": (0, 0, 3),
    "V = fmax((N = 2, 1), V);": (-1, 0, 1),
    "V = V == 2 && N != 3 || V < 0;": (2, 4, 1),
    "if (V > 1) V = 1; else V = 2;": (5, 0, 1),
    "if (V > 1) { V = 1; } else if (V > 0) { V = 2; } else { V = 3; }": (0.5, 0, 2),
    "int sum = 0; for (int i = 0, k = 10; i < 3; ++i, --k) { sum += i * k; } V = sum;": (0, 0, 25),
    "while (N > 0) { N -= 1; V += 2; if (V > 6) break; }": (0, 9, 8),
    "do { V += 1; N++; if (N == 2) continue; } while (N < 3);": (0, 0, 3),
    "int i; scalar x; V = i + x;": (5, 0, 0),
    "int i = 1, k = 2; V = i * 10 + k;": (0, 0, 12),
    "const scalar twice = 2 * V; V = twice;": (3, 0, 6),
    "unsigned a = 1; unsigned int b = 2; long c = 3; long long d = 4; unsigned long e = 5; V = a+b+c+d+e;": (0, 0, 15),
    "bool yes = 5; uint8_t byte = 257; int16_t word = 3; V = yes + byte + word;": (0, 0, 5),
    "int x = 1; { int x = 2; V = x; } V = V * 10 + x;": (0, 0, 21),
    "int class = 1; scalar template = 2, new = 3; bool and = 1; V = class + template + new + and;": (0, 0, 7),
    "int job = 1, j = 3, i = 4, m_exp = 5, l_V = 6, S = 7; V = job + j + i + m_exp + l_V + S;": (9, 0, 26),
    "int exp = 1; V = exp(exp - 1);": (0, 0, 1),
    "scalar scalar = 3; V = scalar;": (0, 0, 3),
    "V = min(N, 2) + max(V, 3) + abs(-N) + abs(-2.5) + fabs(-1);": (1, 5, 2 + 3 + 5 + 2.5 + 1),
    "V = pow(2, 3) + sqrt(16) + floor(-0.5) + ceil(0.5) + round(2.5) + fmod(7, 4) + fmin(1, 2);": (0, 0, 19),
    "Tape[N] = 4; Tape[N + 1] += Tape[N]; Steps[0] = 2.9; V = Tape[N + 1] + Steps[0];": (0, 3, 6),
    "V = Tape[(N = 1, 2)];": (9, 0, 0),
    "V = 0x10 + 010 + 0b11 + 1u + 2ul + 3LL;": (0, 0, 16 + 8 + 3 + 6),
    "V = 1. + .5 + 1e1 + 1.5f + 0x1p3;": (0, 0, 1 + 0.5 + 10 + 1.5 + 8),
    "V = 1; // V = 2; }\n/* V = 3; { */ V += 1; /**/ // \\\nV += 1;": (0, 0, 3),
    "\r\n\tV = 1;\r\n\fV += 1;\r": (0, 0, 2),
    "V = id + num_neurons + t + dt + batch;": (0, 0, 1 + 8 + 4 + 0.5),
    "{ { V = 1; } }": (0, 0, 1),
    "for (int i = 0; i < 2; ++i) { { int i = 5; V += i; } }": (0, 0, 10),
    "(exp)(V); V + 1; 5;": (2, 0, 2),
    "V = phase + (phase == 0) * 10 + fmax(phase, -1); while (phase > 0) { V = 99; }": (0, 0, 10),
    "int p = phase; if (p == 0) { int q = p + 1; V = q; }": (0, 0, 1),
}  # fmt: skip


def library(codes: list[str], precision: str) -> ctypes.CDLL:
    """Every code, specialised for phase 0, as a C++ function ``code_<k>(V, N)`` that gives V."""
    names = {
        "V": "l_V",
        "N": "l_N",
        "Alpha": "S(0.5)",
        "Isyn": "S(3)",
        "Bias": "S(0)",
        "Tape": "tape",
        "Steps": "steps",
    }
    names |= {"id": "1", "num_neurons": "8", "t": "S(4)", "dt": "S(0.5)", "batch": "0"}
    text = f"#define DOUBLE {int(precision == 'double')}\ntypedef {precision} scalar;\n{prelude()}\n"
    for number, code in enumerate(codes):
        tree = fold(parse(code), {"phase": 0})
        body = emit(tree, names, bounds={"Tape": "8, 0", "Steps": "8, 0"})
        text += f"EXPORT double code_{number}(double first, int32_t l_N) {{\n"
        text += "Job* job = 0; scalar tape[8] = {}; int32_t steps[8] = {}; scalar l_V = first;\n"
        text += f"(void)job; (void)tape; (void)steps;\n{body}return l_V;\n}}\n"
    return build_cache.load(text)


@pytest.mark.parametrize("precision", ["float", "double"])
def test_accepted_code_means_what_c_says(precision):
    for code in ACCEPTED:
        check_neuron_model(neuron(code))
    built = library(list(ACCEPTED), precision)
    for number, (code, (v, n, expected)) in enumerate(ACCEPTED.items()):
        function = built[f"code_{number}"]
        function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double, ctypes.c_int32]
        assert function(v, n) == pytest.approx(expected, rel=1e-6), code


@pytest.mark.parametrize(("precision", "error"), [("float", 1e-9), ("double", 1e-18)])
def test_literals_have_the_precision_of_the_build(precision, error):
    function = library(["V = 0.1f; V -= 0.1; V += 0.1;"], precision).code_0
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double, ctypes.c_int32]
    assert abs(function(0.0, 0) - 0.1) <= 100 * error
    assert (abs(function(0.0, 0) - 0.1) > 1e-12) == (precision == "float")


REFUSED = [
    # names
    ("V = Vtresh;", "1:5", "unknown name 'Vtresh'; did you mean 'Vthresh'?"),
    ("V = 1;\n\n   V = foo + 1;", "3:8", "unknown name 'foo'"),
    ("/* one\n two */ V = q;", "2:13", "unknown name 'q'"),
    ("V = 1;\r\n V = foo;", "2:6", "unknown name 'foo'"),
    ("V = x; int x = 1;", "1:5", "unknown name 'x'"),
    ("{ int inner = 1; } V = inner;", "1:24", "unknown name 'inner'"),
    ("scalar x = x;", "1:12", "unknown name 'x'"),
    ("V = __FILE__;", "1:5", "unknown name '__FILE__'"),
    ("exp;", "1:1", "'exp' is a function; give its arguments in ()"),
    # functions
    ("V = system(1);", "1:5", "unknown function 'system'"),
    ("V = expp(1);", "1:5", "unknown function 'expp'; did you mean 'exp'?"),
    ("V = __builtin_trap();", "1:5", "unknown function '__builtin_trap'"),
    ("V = exp(V, V);", "1:5", "exp takes 1 argument, not 2"),
    ("V = pow();", "1:5", "pow takes 2 arguments, not 0"),
    ("V = gennrand_normal(1);", "1:5", "gennrand_normal takes 0 arguments, not 1"),
    ("V = exp(V)(V);", "1:5", "only a function's name can be called"),
    ("int f(int x);", "1:5", "functions such as 'f' cannot be declared"),
    ("injectCurrent(1);", "1:1", "unknown function 'injectCurrent'"),
    # pointers, arrays
    ("int *p = 0;", "1:5", "'p' is declared as a pointer, array, struct, union or enum; use plain numbers"),
    ("int a[3];", "1:5", "'a' is declared as a pointer, array"),
    ("V = &V;", "1:6", "operator & (pointers, sizeof) is not part of the language"),
    ("V = *V;", "1:6", "operator * (pointers, sizeof) is not part of the language"),
    ("V = (int*)V;", "1:5", "casts to pointers are not part of the language"),
    ("V = Tape;", "1:5", "'Tape' is an array; give an index"),
    ("V = V[0];", "1:5", "only the model's own arrays (extra global parameters) have elements"),
    ("V = Tape[V];", "1:5", "the index of 'Tape' must be an integer"),
    ("Tape[N / 2.0] = 1;", "1:1", "the index of 'Tape' must be an integer"),
    ("Tape[0][0] = 1;", "1:1", "only the model's own arrays"),
    ("int a = {1, 2};", "1:10", "initlist is not part of the language"),
    # what may not be written
    ("Alpha = 1;", "1:1", "'Alpha' is read-only here"),
    ("V = 1; Bias += 1;", "1:8", "'Bias' is read-only here"),
    ("Isyn = 0;", "1:1", "'Isyn' is read-only here"),
    ("id++;", "1:1", "'id' is read-only here"),
    ("phase = 1;", "1:1", "'phase' is read-only here"),
    ("const int a = 1; a = 2;", "1:18", "'a' is read-only here"),
    ("V + 1 = 2;", "1:1", "only a variable can be assigned to"),
    ("int V = 1;", "1:5", "'V' is the model's own name; choose another"),
    ("scalar Alpha = 1;", "1:8", "'Alpha' is the model's own name; choose another"),
    ("for (int t = 0; t < 3; ++t) {}", "1:10", "'t' is the model's own name; choose another"),
    ("int x = 1; int x = 2;", "1:16", "'x' is declared twice"),
    ("for (int i = 0; i < 3; ++i) { int i = 2; }", "1:35", "'i' is declared twice"),
    ("if (V = 1) { V = 2; }", "1:5", "= assigns; write == to compare"),
    # types and operators
    ("char a = 1;", "1:6", "'char' is not a type of the language (bool, double, float, int"),
    ("short a = 1;", "1:7", "'short' is not a type of the language"),
    ("unsigned float a = 1;", "1:16", "'unsigned float' is not a type"),
    ("V = (int int)V;", "1:5", "'int int' is not a type"),
    ("N = V % 2;", "1:5", "operator % needs integers on both sides"),
    ("V %= 2;", "1:1", "operator %= needs integers on both sides"),
    ("V = V << 2;", "1:5", "operator << needs integers on both sides"),
    ("V = 7 % N;", "1:9", "a whole number is divided by one that may be 0"),
    ("V = 7 / (N + 1);", "1:10", "a whole number is divided by one that may be 0"),
    ("N /= 0;", "1:6", "a whole number is divided by one that may be 0"),
    ("N %= N;", "1:6", "a whole number is divided by one that may be 0"),
    ("V = N / -1;", "1:10", "a whole number is divided by one that may be 0"),
    ("V = ~V;", "1:6", "operator ~ needs an integer"),
    ("V = 99999999999999999999;", "1:5", "99999999999999999999 is too large a whole number"),
    ("V = 1e400;", "1:5", "1e400 is too large a number"),
    # what C has and the language has not
    ("V = sizeof(int);", "1:5", "operator sizeof (pointers, sizeof) is not part of the language"),
    ("static int x = 1;", "1:12", "'x' cannot be static"),
    ("extern int x;", "1:12", "'x' cannot be extern"),
    ("volatile int x = 1;", "1:14", "'x' cannot be volatile"),
    ("_Atomic int x = 1;", "1:13", "'x' cannot be _Atomic"),
    ("typedef int y;", "1:13", "typedef is not part of the language"),
    ("goto x; x: V = 1;", "1:1", "goto is not part of the language"),
    ("switch (N) { case 1: V = 1; }", "1:1", "switch is not part of the language"),
    ("return;", "1:1", "return is not part of the language"),
    ("V = 1; break;", "1:8", "break stands in no loop"),
    ("if (V > 1) { continue; }", "1:14", "continue stands in no loop"),
    ("struct s { int a; } x;", "1:21", "'x' is declared as a pointer, array, struct"),
    ("enum e { A };", "1:1", "something is declared as a pointer, array, struct, union or enum"),
    ("V = V.x;", "1:5", "structref is not part of the language"),
    ('V = "text";', "1:5", 'text "text" has no meaning here'),
    ("V = 'a';", "1:5", "text 'a' has no meaning here"),
    ('asm("nop");', "1:1", "unknown function 'asm'"),
    ('_Pragma("x");', "1:8", "pragma is not part of the language"),
    ('_Static_assert(1, "x");', "1:1", "staticassert is not part of the language"),
    # preprocessor and comments
    ("#include <stdio.h>", "1:1", "preprocessor lines (#) are not part of the language"),
    ("V = 1;\n  #define V 2", "2:3", "preprocessor lines (#) are not part of the language"),
    ("V = 1; /* */ # 7 \"passwd\"\nV = q;", "1:14", "preprocessor lines (#) are not part of the language"),
    ("/* V = 1;", "1:1", "a comment /* is not closed by */"),
    ("V = 1; /*/ V = 2;", "1:8", "a comment /* is not closed by */"),
    ('V = "/*"; V = "*/";', "1:5", 'text "/*" has no meaning here'),
    # text that is no code
    ("V = ;", "1:5", "invalid expression in 'V = ;'"),
    ("V V;", "1:3", "syntax error before 'V' in 'V V;'"),
    ("V = (1;", "1:7", "syntax error before ';' in 'V = (1;'"),
    ("V = 1", "1:6", "the code ends in the middle of a statement in 'V = 1'"),
    ("V = 1 +\n", "2:1", "the code ends in the middle of a statement"),
    ("V = 1; }", "1:8", "a closing brace } has no opening one"),
    ("{ V = 1;", "1:1", "an opening brace { is not closed"),
    ('V = 1;\n}; extern "C" int system(const char*);', "2:1", "a closing brace } has no opening one"),
    ("V = 1; } void f(void) {", "1:8", "a closing brace } has no opening one"),
    ("V = 1 \\\n + 2;", "1:7", "illegal character"),
    ("V = 1 ?" "?/ 2;", "1:8", "invalid expression"),
    ("?" "?= define", "1:1", "syntax error before '?'"),
    ("<% V = 1; %>", "1:1", "syntax error"),
    ("V = \u0430;", "1:5", "illegal character"),
    ("V\u00a0= 1;", "1:2", "illegal character"),
    ("V = 1;\0 V = 2;", "1:7", "illegal character"),
    ("V = \ud800;", "1:5", "illegal character"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "place", "message"), REFUSED, ids=[ascii(code)[1:-1] for code, _, _ in REFUSED])
def test_refused_code_gives_line_column_and_reason(code, place, message):
    error = refusal(code)
    assert error.place == f"hidden.sim_code:{place}"
    assert message in error.message
    assert len(error.message) < 200


@pytest.mark.parametrize(
    "code",
    [
        "(" * 100_000,
        "V = " + "(" * 45_000 + "1" + ")" * 45_000 + ";",
        "{" * 50_000 + "}" * 50_000,
        "V = " + "- " * 40_000 + "1;",
        "V = 1" + " + 1" * 20_000 + ";",
        "if (V) " * 10_000 + "V = 1;",
        "if (V) V = 1; " + "else if (V) V = 1; " * 5_000,
        "V = " + "V ? 1 : " * 10_000 + "1;",
        "V = " + "exp(" * 20_000 + "1" + ")" * 20_000 + ";",
        "V = " + "(int)" * 20_000 + "1;",
        "int " + "*" * 50_000 + "p;",
        "V = " + "9" * 50_000 + ";",
        "V = 1" + "0" * 50_000 + ".0;",
        "/*" * 50_000,
        "x" * 100_000,
        "V = 1;" * 100_000,
    ],
    ids=lambda code: f"{code[:12]}... {len(code)}",
)
def test_enormous_code_is_refused_in_one_short_message(code):
    error = refusal(code)
    assert error.place.startswith("hidden.sim_code")
    assert len(str(error)) < 300


def test_code_as_deep_as_people_write_it_is_accepted():
    codes = ["V = " + "(V + " * 30 + "1" + ")" * 30 + ";", "if (V > 1) { " * 20 + "V = 1;" + "}" * 20]
    codes.append("V = " + " + ".join(["V"] * 50) + ";")
    codes.append("if (N == 0) V = 0; " + "".join(f"else if (N == {k}) V = {k}; " for k in range(1, 50)))
    for code in codes:
        check_neuron_model(neuron(code))
        assert emit(fold(parse(code), {"phase": 0}), {})


@pytest.mark.parametrize(
    ("code", "place", "message"),
    [
        ("V > Vthres", "1:5", "unknown name 'Vthres'; did you mean 'Vthresh'?"),
        ("V >", "1:4", "in 'V >;'"),
        ("V > 1; N > 2", "1:8", "one expression was expected here"),
        ("if (V > 1) { }", "1:1", "one expression was expected here"),
        ("int x = 1", "1:5", "one expression was expected here"),
        ("V = 1", "1:1", "one expression was expected here"),
        ("(V = 1) > 0", "1:2", "'V' is read-only here"),
        ("N++ > 3", "1:1", "'N' is read-only here"),
        ("V > 1) || (1", "1:6", "syntax error before ')'"),
    ],
)
def test_a_condition_is_one_expression_that_changes_nothing(code, place, message):
    with pytest.raises(UserError) as caught:
        check_neuron_model(neuron(threshold_condition_code=code), "hidden")
    assert caught.value.place == f"hidden.threshold_condition_code:{place}"
    assert message in caught.value.message


@pytest.mark.parametrize(
    "code", ["V >= Vthresh", "V >= Vthresh; // spike", " \n", "// none", "phase == 0 && (V > 1 || N)"]
)
def test_conditions_that_are_accepted(code):
    check_neuron_model(neuron(threshold_condition_code=code))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Gradient = 1;", "'Gradient' accumulates: it takes += and -= alone"),
        ("Gradient *= 2;", "'Gradient' accumulates: it takes += and -= alone"),
        ("Gradient++;", "'Gradient' accumulates: it takes += and -= alone"),
        ("addToPost(Gradient);", "'Gradient' accumulates and cannot be read here"),
        ("g = 1;", "'g' is read-only here"),
        ("V_post = 1;", "'V_post' is read-only here"),
        ("addToPost(g, 1);", "addToPost takes 1 argument, not 2"),
        ("injectCurrent(g);", "unknown function 'injectCurrent'"),
        ("addToPost(gennrand_uniform());", "unknown function 'gennrand_uniform'"),
    ],
)
def test_synapses_write_their_own_variables_and_gradients_only_accumulate(code, message):
    model = WeightUpdateModel(
        name="Static",
        vars=(Var("g", access=Access.READ_ONLY), Var("Gradient", access=Access.ACCUMULATE)),
        post_neuron_var_refs=(Var("V_post"),),
        pre_spike_syn_code=code,
    )
    with pytest.raises(UserError, match=r"^first\.pre_spike_syn_code:1:") as caught:
        check_weight_update_model(model, "first")
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (NeuronModel("N", params=("a b",)), "'a b' is no name"),
        (NeuronModel("N", params=("x; } int y",)), "is no name"),
        (NeuronModel("N", vars=(Var("V\u0430"),)), "is no name"),
        (NeuronModel("N", params=("dt",)), "the name 'dt' has a meaning of its own"),
        (NeuronModel("N", vars=(Var("Isyn"),)), "the name 'Isyn' has a meaning of its own"),
        (NeuronModel("N", params=("V",), vars=(Var("V"),)), "the name 'V' is declared twice"),
        (NeuronModel("N", vars=(Var("V", "double"),)), "type 'double', expected scalar, int32_t, uint8_t, bool"),
        (
            NeuronModel("N", params=("Size",), extra_global_params=(ExtraGlobalParam("A", "scalar", "Sise"),)),
            "no parameter 'Sise'; did you mean 'Size'?",
        ),
    ],
)
def test_the_names_of_a_model_are_checked_as_well(model, message):
    with pytest.raises(UserError, match=r"^hidden") as caught:
        check_neuron_model(model, "hidden")
    assert message in caught.value.message


NAMES = neuron_names(neuron())
TOKENS = [
    *"(){}[];,=+-*/%&|^~!<>?:.#'\"\\\n",
    *["V", "N", "Tape", "Alpha", "x", "int", "scalar", "unsigned", "const", "static", "struct", "if", "else", "for"],
    *["while", "do", "break", "return", "exp", "min", "0", "1", "2.5", "08", "0x", "1e9", "==", "&&", "+=", "++", "->"],
    *["/*", "*/", "//", "sizeof", "phase", "typedef", "_Generic", "_Alignas", "goto", "case", "L'a'", "\r", "\t"],
]


def attempt(text: str) -> None:
    """All that happens to code from a document before a compiler sees it."""
    try:
        tree = parse(text, "code")
        check(tree, NAMES, "code")
        folded = fold(tree, {"phase": 0})
        emit(folded, {}, bounds={"Tape": "8, 0", "Steps": "8, 0"})
        used(folded)
    except UserError as error:
        assert error.place.startswith("code")
        assert error.message.strip()
    try:
        expression = parse_expression(text, "code")
        check(expression, NAMES, "code")
        if fold_expression(expression, {"phase": 1}) is not None:
            emit(expression, {}, bounds={"Tape": "8, 0", "Steps": "8, 0"})
    except UserError as error:
        assert error.place.startswith("code")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text())
def test_any_text_is_taken_or_refused(text):
    attempt(text)


@settings(max_examples=700, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(TOKENS), max_size=25).map(" ".join))
def test_any_sequence_of_tokens_is_taken_or_refused(text):
    attempt(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(list(ACCEPTED)), st.integers(0, 200), st.integers(0, 5), st.sampled_from(TOKENS))
def test_damaged_code_is_taken_or_refused(code, position, length, token):
    attempt(code[:position] + token + code[position + length :])


# -- specialisation ---------------------------------------------------------------------------------------------------


def folded(code: str, **constants: int) -> str:
    """A code specialised and printed with its names as they are, on one line."""
    names = {name: name for name in ("V", "N", "W", "phase", "t")}
    return " ".join(emit(fold(parse(code), constants), names).split())


@pytest.mark.parametrize(
    ("code", "forward", "backward"),
    [
        ("if (phase == 0) { V = 1; }", "V = 1;", ""),
        ("if (phase == 0) V = 1; else V = 2;", "V = 1;", "V = 2;"),
        ("if (phase != 0) { V = 1; } W = 2;", "W = 2;", "V = 1; W = 2;"),
        ("if (phase) { V = 1; } else if (N) { V = 2; }", "if (N) { V = 2; }", "V = 1;"),
        ("if (!phase) V = 1;", "V = 1;", ""),
        ("if (phase == 1 && N) { V = 1; }", "", "if (N != 0) { V = 1; }"),
        ("if (N > 2 && phase == 1) { V = 1; }", "", "if (N > 2) { V = 1; }"),
        ("if (N > 2 || phase == 1) { V = 1; }", "if (N > 2) { V = 1; }", "V = 1;"),
        ("if (N) { if (phase == 0) { V = 1; } }", "if (N) { V = 1; }", "if (N) { }"),
        (
            "while (N) { if (phase == 0) { N -= 1; } else { N -= 2; } }",
            "while (N) { N -= 1; }",
            "while (N) { N -= 2; }",
        ),
        ("V = phase;", "V = 0;", "V = 1;"),
        ("V = exp(phase + 1); V = t * phase;", "V = m_exp(0 + 1); V = t * 0;", "V = m_exp(1 + 1); V = t * 1;"),
        ("V = (phase == 0) ? 1.5 : 2;", "V = (1) ? (S(1.5)) : (2);", "V = (0) ? (S(1.5)) : (2);"),
        ("if (phase == 0) { int x = 1; V = x; }", "int u_x = 1; V = u_x;", ""),
        ("if (phase == 0) { int x = 1; V = x; } N = 1;", "{ int u_x = 1; V = u_x; } N = 1;", "N = 1;"),
        ("if (phase == 010 || phase == 0x1) { V = 1; }", "", "V = 1;"),
    ],
)
def test_a_phase_keeps_its_own_branches(code, forward, backward):
    assert folded(code, phase=0) == forward
    assert folded(code, phase=1) == backward


def test_what_an_operand_does_is_not_folded_away():
    assert folded("if (N++ > 1 && phase == 1) { V = 1; }", phase=0) != ""
    assert folded("if (phase == 1 && N++ > 1) { V = 1; }", phase=0) == ""


def test_a_condition_that_cannot_hold_is_none():
    expression = parse_expression("phase == 1 && V > 2")
    assert fold_expression(expression, {"phase": 0}) is None
    assert emit(fold_expression(expression, {"phase": 1}), {"V": "V"}) == "V > 2"
    assert fold_expression(None, {"phase": 0}) is None


def shape(node: c_ast.Node) -> list:
    """A tree as nested lists."""
    own = [type(node).__name__, *(getattr(node, name) for name in node.attr_names)]
    return own + [shape(child) for _, child in node.children()]


def test_folding_leaves_the_tree_as_it_was():
    """A tree is parsed once and specialised for every phase."""
    code = "if (phase == 0) { V = phase; } else { for (int i = 0; i < 3 && phase; ++i) { V += i; } }"
    tree = parse(code)
    before = shape(tree)
    forward, backward = fold(tree, {"phase": 0}), fold(tree, {"phase": 1})
    assert shape(tree) == before
    assert shape(forward) != shape(backward)
    assert parse(code) is tree  # the trees are shared by all who parse the text


VALUES = st.sampled_from(["phase", "N", "M", "0", "1", "2"])
OPERATORS = st.sampled_from(["&&", "||", "==", "!=", "<", "+"])
EXPRESSIONS = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        inner.map(lambda x: f"(!{x})"),
        st.tuples(inner, OPERATORS, inner).map(lambda parts: f"({' '.join(parts)})"),
    ),
    max_leaves=8,
)


def value(node: c_ast.Node, known: dict[str, int]) -> int:
    """An integer expression, computed as C does."""
    match node:
        case c_ast.Constant():
            return int(node.value)
        case c_ast.ID():
            return known[node.name]
        case c_ast.UnaryOp():
            return int(not value(node.expr, known))
    left, right = value(node.left, known), value(node.right, known)
    results = {"&&": left and right, "||": left or right, "==": left == right, "!=": left != right, "<": left < right}
    return left + right if node.op == "+" else int(bool(results[node.op]))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(EXPRESSIONS, st.integers(0, 1), st.integers(0, 3), st.integers(0, 3))
def test_a_folded_expression_has_the_value_of_the_whole_one(text, phase, n, m):
    tree = parse_expression(text)
    rest = fold_expression(tree, {"phase": phase})
    expected = value(tree, {"phase": phase, "N": n, "M": m})
    assert (value(rest, {"N": n, "M": m}) if rest is not None else 0) == expected


def test_functions_and_variables_of_one_name_are_told_apart():
    found = used(parse("V = max(max, 2) + exp(V);"))
    assert found.names == {"V", "max"}
    assert found.functions == {"max", "exp"}


def test_any_names_can_be_allowed():
    names = Names({"speed": Symbol("int32_t", writable=True)}, {"turn": 2})
    check(parse("speed = turn(speed, 1);"), names)
    with pytest.raises(UserError, match="unknown name 'V'"):
        check(parse("speed = V;"), names)
