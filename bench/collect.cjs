// Loaded into a server whose memory is measured: on SIGUSR2 it collects its garbage and says how much is left.
process.on('SIGUSR2', () => {
  for (let pass = 0; pass < 3; pass++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`live ${heapUsed + external} \n`);
});
