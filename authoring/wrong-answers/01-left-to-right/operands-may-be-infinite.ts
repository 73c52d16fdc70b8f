// caught by: P1.7-out-of-range
// says: Infinity must neither be a result nor an operand
  for (const { operator, operand } of steps) {
    if (operand === 0 && (operator === "/" || operator === "%")) return { error: "division by zero" };
    value = apply(value, operator, operand);
    if (!Number.isFinite(value)) return { error: "out of range" };
  }
