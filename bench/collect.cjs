// Loaded into servers whose memory is measured: on SIGUSR2, collects garbage and prints the size of the remaining objects.
process.on('SIGUSR2', () => {
  for (let pass = 0; pass < 3; pass++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`live ${heapUsed + external} \n`);
});
