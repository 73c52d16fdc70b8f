// caught by: P1.7-longest-number
// says: no number
const BLANKS = /[ \t]*/y;
const NUMBER = /[+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]+)?/y;
