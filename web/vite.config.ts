import { defineConfig } from 'vitest/config';

const BACK_END = process.env['GROUNDSIDE_BACK_END'] ?? 'http://127.0.0.1:8123';

export default defineConfig({
  base: '/static/',
  build: {
    outDir: '../src/groundside/see/web/static',
    emptyOutDir: true,
    assetsInlineLimit: 0, // a font inlined as data: would break font-src 'self'
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': BACK_END } },
  test: { environment: 'happy-dom', css: true, include: ['tests/**/*.test.ts'] },
});
