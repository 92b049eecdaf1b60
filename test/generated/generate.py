#!/usr/bin/env python3
"""Writes random functions as C++: generate.py FOLDER FILES PROGRAMS.

Every function of Duet that has a derivative is in some of them; domains are respected by construction. The same numbers
give the same files.
"""

import os
import random
import sys

UNARY = ["sin({a})", "cos({a})", "tan({a} / 5)", "asin(0.9 * sin({a}))", "acos(0.9 * sin({a}))", "atan({a})",
         "sinh({a} / 2)", "cosh({a} / 2)", "tanh({a})", "asinh({a})", "acosh(1.25 + {a} * {a})",
         "atanh(0.8 * sin({a}))", "exp(-{a} * {a})", "exp2({a} / 3)", "expm1({a} / 3)", "log(1 + {a} * {a})",
         "log2(0.5 + {a} * {a})", "log10(0.5 + {a} * {a})", "log1p({a} * {a})", "xlogx(0.5 + {a} * {a})",
         "sqrt(0.75 + {a} * {a})", "cbrt(2.5 + {a} * {a})", "square({a})", "pow(1 + {a} * {a}, 0.75)",
         "pow(1.5, {a})", "erf({a})", "erfc({a})", "tgamma(1 + {a} * {a} / 4)", "lgamma(1 + {a} * {a})",
         "digamma(1 + {a} * {a})", "polygamma(1, 1 + {a} * {a})", "sigmoid({a})", "softplus({a})", "abs({a})",
         "relu({a})", "ldexp({a}, -1)", "-{a}", "1 / (1.5 + {a} * {a})", "sign({a}) * {a}", "floor({a}) + {a}",
         "ceil({a}) * {a}", "trunc({a}) - {a}", "round({a}) + sin({a})", "nearbyint({a}) + cos({a})"]
BINARY = ["{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / (1.25 + {b} * {b})", "pow(0.5 + {a} * {a}, {b} / 2)",
          "hypot({a}, 0.5 + {b} * {b})", "atan2({a}, 0.5 + {b} * {b})", "log_sum_exp({a}, {b})",
          "xlogy({a}, 0.5 + {b} * {b})", "max({a}, {b})", "min({a}, {b})", "fmax({a}, {b})", "fmin({a}, {b})",
          "fdim({a}, {b})", "copysign({a}, 0.5 + {b} * {b})", "fmod({a}, 3.5 + {b} * {b})",
          "remainder({a}, 3.5 + {b} * {b})"]
TERNARY = ["fma({a}, {b}, {c})", "lerp({a}, {b}, {c})", "clamp({a}, {b}, {b} + 0.5 + {c} * {c})",
           "hypot({a}, {b}, 0.75 + {c} * {c})", "log_sum_exp({a}, {b}, {c})", "{a} * {b} + {b} * {c} - {c} * {a}",
           "({a} - {b}) * ({b} + {c}) / 4"]


def statement(draw, names, forms):
    form = forms.pop() if forms else draw.choice(draw.choice([UNARY, BINARY, BINARY, TERNARY]))
    text = form.format(**{k: draw.choice(names) for k in "abc"})
    if draw.random() < 0.4:
        text = f"{text} {draw.choice('+-')} {draw.choice(names)} * {draw.choice(['0.5', '0.25', draw.choice(names)])}"
    return f"tanh({text})" if draw.random() < 0.3 else text


def function(draw, forms):
    names, lines = ["x[0]", "x[1]", "x[2]"], []
    for i in range(draw.randint(3, 7)):
        recent = names[-2:] + names
        text = statement(draw, recent, forms)
        if i > 0 and draw.random() < 0.25:
            lines.append(f"{names[-1]} {draw.choice(['+=', '-='])} {text} / 4;")
        else:
            lines.append(f"T t{i} = 2 * sin({text});" if draw.random() < 0.5 else f"T t{i} = ({text}) / 2;")
            names.append(f"t{i}")
    lines.append("return T(" + " + ".join(names) + ");")
    return lines


def main():
    folder, files, programs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(20240229)
    forms = UNARY + BINARY + TERNARY  # each at least once
    draw.shuffle(forms)
    os.makedirs(folder, exist_ok=True)
    for file in range(files):
        numbers = range(file, programs, files)
        text = ["// Written by test/generated/generate.py.", '#include "generated/check.hpp"', "", "namespace {", ""]
        for n in numbers:
            text += [f"auto const program_{n} = [](auto const& x) {{", "  using T = std::decay_t<decltype(x[0])>;"]
            text += ["  " + line for line in function(draw, forms)] + ["};"]
        text += ["", "}  // namespace", "",
                 f'TEST_CASE("Generated programs {file}: formulas and kernels agree with numbers and the tape") {{']
        text += [f'  generated::check<{"true" if n % 4 == 0 else "false"}>("program {n}", program_{n});' for n in numbers]
        text += ["}", ""]
        with open(os.path.join(folder, f"programs_{file}.cpp"), "w") as out:
            out.write("\n".join(text))


main()
