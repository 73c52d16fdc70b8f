// caught by: P6.3-padding-oracle
// says: Here the first right padding is 02 02, not 01
    for (let known = position + 1; known < BLOCK_BYTES; known += 1) {
      iv[known] = (opened[known] ?? 0) ^ padding;
    }
    for (let guess = 255; guess >= 0; guess -= 1) {
      iv[position] = guess;
      if (!(await paddingIsRight(iv, block))) continue;
      byte = guess ^ padding;
      break;
    }
