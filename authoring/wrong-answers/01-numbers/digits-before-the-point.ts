// caught by: P1.3-numbers
// says: .5 and 2. are numbers
const BLANKS = /[ \t]*/y;
const NUMBER = /[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
