// caught by: P1.7-leftmost
// says: nor look for zeros first
  const divides = steps.filter(({ operator }) => operator === "/" || operator === "%");
  if (divides.some(({ operand }) => operand === 0)) return { error: "division by zero" };
  for (const { operator, operand } of steps) {
    value = apply(value, operator, operand);
    if (!Number.isFinite(operand) || !Number.isFinite(value)) return { error: "out of range" };
  }
