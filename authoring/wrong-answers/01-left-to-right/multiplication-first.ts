// caught by: P1.4-left-to-right
// says: Multiplication is done first
  const left = [...steps];
  for (let index = 0; index < left.length; index += 1) {
    const { operator, operand } = left[index] ?? { operator: "+", operand: 0 };
    if (!Number.isFinite(operand)) return { error: "out of range" };
    if (operator === "+" || operator === "-") continue;
    if (operator !== "*" && operand === 0) return { error: "division by zero" };
    const before = left[index - 1];
    if (before === undefined) value = apply(value, operator, operand);
    else before.operand = apply(before.operand, operator, operand);
    if (!Number.isFinite(before?.operand ?? value)) return { error: "out of range" };
    left.splice(index, 1);
    index -= 1;
  }
  for (const { operator, operand } of left) value = apply(value, operator, operand);
  if (!Number.isFinite(value)) return { error: "out of range" };
