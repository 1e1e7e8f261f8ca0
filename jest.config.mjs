/**
 * Plain JavaScript: on Node 20 Jest reads a TypeScript configuration only with ts-node or esbuild-register installed.
 *
 * @type {import('jest').Config}
 */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/spec/(types|toolchains|long)/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/spec/toolchains/'],
  testTimeout: 20_000,
  maxWorkers: 2,
  globalSetup: '<rootDir>/spec/helpers/global-setup.mjs',
  globalTeardown: '<rootDir>/spec/helpers/global-teardown.mjs',
  reporters: ['default', '<rootDir>/spec/helpers/summary-reporter.mjs'],
  moduleNameMapper: {
    '^pewit$': '<rootDir>/lib/index.ts',
    '^pewit/extend$': '<rootDir>/lib/extend.ts',
    '^pewit/playhouse/(.+)$': ['<rootDir>/playhouse/$1.ts', '<rootDir>/playhouse/$1/index.ts'],
    '^(\\.{1,2}/.*)\\.js$': '$1'
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true }
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline'
      }
    ]
  }
}
