// caught by: P1.8-nothing-else
// says: trim() removes other blanks
  return line.trim().toUpperCase() === "END";
