// caught by: P1.3-blanks
// says: takes more than spaces and tabs
const BLANKS = /\s*/y;
const NUMBER = /[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
