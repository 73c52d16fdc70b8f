// caught by: P1.3-signs
// says: is its sign
const BLANKS = /[ \t]*/y;
const NUMBER = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
