// caught by: P1.3-nothing-else
const BLANKS = /[ \t]*/y;
const NUMBER = /[+-]?(?:\p{Nd}+(?:\.\p{Nd}*)?|\.\p{Nd}+)(?:[eE][+-]?\p{Nd}+)?/uy;
