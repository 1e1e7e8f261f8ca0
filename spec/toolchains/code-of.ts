/** The code of the error that a function throws, or what it gives. */
export function codeOf(run: () => unknown): string {
  try {
    return `no error: ${String(run())}`
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** The code of the error that a promise rejects with. */
export async function codeOfRejection(promise: PromiseLike<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  return codeOf(() => {
    if (error !== undefined) throw error
  })
}
