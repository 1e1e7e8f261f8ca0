import type { ExprNode } from '../ast/nodes.js'
import { arrayOf, type SqlType, TYPES, typeNamed } from '../ast/types.js'
import { widest } from './arithmetic.js'
import { EXACT_AS_NUMBER } from './operands.js'

/** What a known function gives. The servers disagree on some, so it is decided here and not by their OIDs. */
type Result = SqlType | ((args: readonly ExprNode[]) => SqlType)

const first = (args: readonly ExprNode[]): SqlType => args[0]?.type ?? TYPES.unknown
const second = (args: readonly ExprNode[]): SqlType => args[1]?.type ?? TYPES.unknown

/** Of exact numbers an exact one, of floats a float. */
function statistic(args: readonly ExprNode[]): SqlType {
  const type = first(args)
  return type.category === 'float' ? TYPES.float8 : type.category === 'time' ? type : TYPES.numeric
}

/** Rounded to a number of digits, which is exact for servers, and a number for who rounds one. */
function rounded(args: readonly ExprNode[]): SqlType {
  const [of] = args
  return of?.kind === 'cast' && of.operand.type.category === 'float' ? EXACT_AS_NUMBER : first(args)
}

const NAMES: readonly (readonly [result: Result, names: string])[] = [
  [
    TYPES.text,
    `lower upper initcap substr substring left right trim btrim ltrim rtrim lpad rpad replace translate overlay reverse repeat
     concat concat_ws format split_part regexp_replace string_agg to_char to_hex chr md5 encode quote_literal quote_ident
     array_to_string version current_database current_schema jsonb_typeof json_typeof`
  ],
  [
    TYPES.int8,
    `count length char_length character_length octet_length bit_length ascii position strpos row_number rank dense_rank ntile
     array_length array_position array_upper array_lower cardinality jsonb_array_length json_array_length`
  ],
  [
    TYPES.float8,
    `random sqrt cbrt power pow exp ln log log10 percent_rank cume_dist percentile_cont corr pi degrees radians sin cos tan asin acos
     atan atan2 date_part extract ts_rank`
  ],
  [TYPES.bool, 'exists every bool_and bool_or starts_with isnan jsonb_path_exists jsonb_path_match'],
  [TYPES.timestamptz, 'now clock_timestamp statement_timestamp transaction_timestamp to_timestamp'],
  [
    TYPES.jsonb,
    `to_json to_jsonb json_agg jsonb_agg json_object_agg jsonb_object_agg json_build_object jsonb_build_object
     json_build_array jsonb_build_array jsonb_set jsonb_insert jsonb_extract_path jsonb_path_query jsonb_path_query_array
     jsonb_path_query_first jsonb_strip_nulls row_to_json`
  ],
  [TYPES.uuid, 'gen_random_uuid'],
  [TYPES.date, 'to_date'],
  [TYPES.interval, 'age make_interval'],
  [typeNamed('tsvector'), 'to_tsvector setweight'],
  [typeNamed('tsquery'), 'to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery'],
  [statistic, 'sum avg stddev stddev_pop stddev_samp variance var_pop var_samp'],
  [args => arrayOf(first(args)), 'array array_agg'],
  [second, 'date_trunc array_prepend'],
  [widest, 'coalesce nullif greatest least generate_series'],
  [args => first(args).element ?? TYPES.unknown, 'unnest'],
  [rounded, 'round trunc'],
  [
    first,
    `min max abs ceil ceiling floor sign mod lag lead first_value last_value nth_value mode any_value
     array_append array_remove array_replace array_cat`
  ]
]

const RESULTS: ReadonlyMap<string, Result> = new Map(
  NAMES.flatMap(([result, names]) => names.split(/\s+/).map(name => [name, result] as const))
)

/** The type of what a function gives, by its name in lower case; that of an unknown one is for the server to say. */
export function resultType(name: string, args: readonly ExprNode[]): SqlType {
  const result = RESULTS.get(name) ?? TYPES.unknown
  return typeof result === 'function' ? result(args) : result
}

/** Whether a function takes floats alone. */
export function takesFloats(name: string): boolean {
  return FLOATS.has(name)
}

const FLOATS: ReadonlySet<string> = new Set(
  'sqrt cbrt power pow exp ln log log10 degrees radians sin cos tan asin acos atan atan2 percentile_cont percentile_disc'.split(
    ' '
  )
)
