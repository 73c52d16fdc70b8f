// caught by: P1.8-nothing-else
// says: More than END is taken for it
  return line.trimStart().toUpperCase().startsWith("END");
