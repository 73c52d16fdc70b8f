// caught by: P1.7-leftmost
  for (const { operator, operand } of steps) {
    if (!Number.isFinite(operand)) return { error: "out of range" };
    if (Object.is(operand, 0) && (operator === "/" || operator === "%")) return { error: "division by zero" };
    value = apply(value, operator, operand);
    if (!Number.isFinite(value)) return { error: "out of range" };
  }
