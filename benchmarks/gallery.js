// Scrolls the grid and tells how long anything in sight stood empty: called with [screens a second, ms, jumps].
async ([speed, lasting, jumps]) => {
  const grid = document.querySelector('.photo-grid');
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const empty = () => {
    const sight = grid.getBoundingClientRect();
    let shown = 0;
    for (const cell of grid.querySelectorAll('.photo-cell')) {
      const box = cell.getBoundingClientRect();
      if (box.bottom < sight.top + 1 || box.top > sight.bottom - 1) continue;
      const image = cell.querySelector('img');
      if (!cell.querySelector('.no-image') && !(image && image.complete && image.naturalWidth > 0)) return true;
      shown++;
    }
    return shown === 0;
  };
  const filled = async () => {
    const began = performance.now();
    while (empty()) await frame();
    return performance.now() - began;
  };
  await filled();
  let [blank, longest, frames, worst] = [0, 0, 0, 0];
  const began = performance.now();
  for (let last = began, now = began; now - began < lasting; last = now) {
    await frame();
    now = performance.now();
    grid.scrollTop += (speed * grid.clientHeight * (now - last)) / 1000;
    blank = empty() ? blank + now - last : 0;
    longest = Math.max(longest, blank);
    worst = Math.max(worst, now - last);
    frames++;
  }
  const taken = [];
  for (let n = 1; n <= jumps; n++) {
    grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * ((n * 0.618) % 1);
    await frame();
    await frame();
    taken.push(await filled());
  }
  return {
    blank_ms: longest,
    frames_per_s: (frames * 1000) / lasting,
    longest_frame_ms: worst,
    longest_jump_ms: Math.max(...taken),
    photos_passed_ms: lasting,
  };
};
