// caught by: P1.4-left-to-right
  const operands = [value, ...steps.map(({ operand }) => operand)];
  if (!operands.every(Number.isFinite)) return { error: "out of range" };
  let right = operands.pop() ?? 0;
  for (const { operator } of [...steps].reverse()) {
    if (right === 0 && (operator === "/" || operator === "%")) return { error: "division by zero" };
    right = apply(operands.pop() ?? 0, operator, right);
    if (!Number.isFinite(right)) return { error: "out of range" };
  }
  value = right;
