// caught by: P6.3-padding-oracle
    for (let known = position + 1; known < BLOCK_BYTES; known += 1) {
      iv[known] = (opened[known] ?? 0) ^ padding;
    }
    for (let guess = 0; guess < 256; guess += 1) {
      iv[position] = guess;
      if (!(await paddingIsRight(block, iv))) continue;
      byte = guess ^ padding;
      break;
    }
