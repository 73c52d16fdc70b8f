// caught by: P1.7-leftmost
// says: nor look for zeros first
  const divides = expression.steps.filter(({ operator }) => operator === "/" || operator === "%");
  if (divides.some(({ operand }) => operand === 0)) return { error: "division by zero" };
  for (const { operator, operand } of expression.steps) {
    value = apply(value, operator, operand);
    if (!Number.isFinite(operand) || !Number.isFinite(value)) return { error: "out of range" };
  }
