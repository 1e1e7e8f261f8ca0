import type { TypeName } from '../ast/types.js'

/** What a cast to the named SQL type gives. */
export type CastResult<N extends string> =
  Lowercase<N> extends 'bool' | 'boolean'
    ? boolean
    : Lowercase<N> extends
          | 'int2'
          | 'int4'
          | 'int8'
          | 'int'
          | 'integer'
          | 'smallint'
          | 'bigint'
          | 'float4'
          | 'float8'
          | 'real'
          | 'float'
          | 'double precision'
      ? number
      : Lowercase<N> extends 'timestamp' | 'timestamptz'
        ? Date
        : Lowercase<N> extends 'json' | 'jsonb'
          ? unknown
          : Lowercase<N> extends TypeName | 'string' | 'decimal' | 'char'
            ? string
            : N extends `${string}[]`
              ? unknown[]
              : string
