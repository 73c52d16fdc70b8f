// caught by: P1.8-end
// says: spaces and tabs around it are ignored
  return line.toUpperCase() === "END";
