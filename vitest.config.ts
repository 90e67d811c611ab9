import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Some tests start real programs, and machines are busy; what they assert is never a time.
    testTimeout: 120_000,
  },
});
