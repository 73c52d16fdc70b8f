"""The calculator's expressions: reading, evaluating and writing the result (P1.3 to P1.7). No network here."""

import decimal
import math
import re

# P1.3. The sign belongs to the number when it stands directly before it.
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
OPERATORS = "+-*/%"
FIFTEEN_DIGITS = decimal.Context(prec=15, rounding=decimal.ROUND_HALF_UP)  # P1.5: toPrecision rounds halves up


class ExpressionError(Exception):
    pass


def calculate(line: str) -> str:
    """The value of the expression, as text, or an ExpressionError with the reason."""
    # P1.7: a line that is no expression gets the syntax error even when it would also divide by zero.
    # So the whole line is read before anything is calculated.
    numbers, operators = read_expression(line)
    return write_value(evaluate(numbers, operators))


def read_expression(line: str) -> tuple[list[str], list[str]]:
    numbers, operators = [], []
    position = skip_blanks(line, 0)
    if position == len(line):
        raise ExpressionError("empty expression")
    while True:
        number = NUMBER.match(line, position)
        if number is None:
            raise unexpected(line, position)
        numbers.append(number.group())
        position = skip_blanks(line, number.end())
        if position == len(line):
            return numbers, operators
        if line[position] not in OPERATORS:
            raise unexpected(line, position)
        operators.append(line[position])
        position = skip_blanks(line, position + 1)


def skip_blanks(line: str, position: int) -> int:
    while position < len(line) and line[position] in " \t":
        position += 1
    return position


def unexpected(line: str, position: int) -> ExpressionError:
    if position == len(line):
        return ExpressionError("unexpected end of expression")
    character = line[position]
    if ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0:
        character = "\ufffd"  # a control character could drive the user's terminal
    return ExpressionError(f'unexpected "{character}" at column {position + 1}')


def evaluate(numbers: list[str], operators: list[str]) -> float:
    """P1.4: strictly left to right; so the failure that stands leftmost is the one reported (P1.7)."""
    result = read_number(numbers[0])
    for operator, text in zip(operators, numbers[1:]):
        operand = read_number(text)
        if operator in "/%" and operand == 0:
            raise ExpressionError("division by zero")
        if operator == "+":
            result += operand
        elif operator == "-":
            result -= operand
        elif operator == "*":
            result *= operand
        elif operator == "/":
            result /= operand
        else:
            result = math.fmod(result, operand)  # P1.6: the sign of the left operand; Python's % has the right one's
        if math.isinf(result):
            raise ExpressionError("out of range")
    return result


def read_number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ExpressionError("out of range")
    return value


def write_value(value: float) -> str:
    """P1.5: rounded to 15 significant digits and written as JavaScript writes a number."""
    value = float(FIFTEEN_DIGITS.create_decimal_from_float(value))
    if math.isinf(value):
        raise ExpressionError("out of range")
    if value == 0:
        return "0"  # negative zero too
    sign = "-" if value < 0 else ""
    _, digits, exponent = decimal.Decimal(repr(abs(value))).normalize().as_tuple()
    digits = "".join(map(str, digits))
    point = len(digits) + exponent  # the decimal point stands behind so many digits
    if point > 21 or point <= -6:
        fraction = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    return f"{sign}{digits[:point]}.{digits[point:]}"
