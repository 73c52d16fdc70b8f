// caught by: P1.3-signs
// says: directly behind
const BLANKS = /[ \t]*/y;
const NUMBER = /(?:[+-][ \t]*)?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
