// caught by: P1.3-signs
// says: a + or - with a digit or point directly behind it
const NUMBER = /(?:[+-][ \t]*)?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
