// caught by: P1.4-left-to-right
  value = steps[0]?.operand ?? 0;
  for (const { operator, operand } of steps) {
    if (!Number.isFinite(operand)) return { error: "out of range" };
    if (operand === 0 && (operator === "/" || operator === "%")) return { error: "division by zero" };
    value = apply(value, operator, operand);
    if (!Number.isFinite(value)) return { error: "out of range" };
  }
