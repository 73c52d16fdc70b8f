// caught by: P1.7-longest-number
// says: An e without digits behind it is no exponent
const BLANKS = /[ \t]*/y;
const NUMBER = /[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]*)?/y;
