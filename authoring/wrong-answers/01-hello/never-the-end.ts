// caught by: P1.8-end
// says: END counts in any case
  return false;
