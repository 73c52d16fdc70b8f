// caught by: P1.5-only-the-result
// says: must keep all of its digits
  for (const { operator, operand } of steps) {
    if (!Number.isFinite(operand)) return { error: "out of range" };
    if (operand === 0 && (operator === "/" || operator === "%")) return { error: "division by zero" };
    value = Number(apply(value, operator, operand).toPrecision(15));
    if (!Number.isFinite(value)) return { error: "out of range" };
  }
