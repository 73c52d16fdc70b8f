// caught by: P1.3-numbers
// says: it needs the flag y
const BLANKS = /[ \t]*/y;
const NUMBER = /[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/;
