import fc from 'fast-check'
import { didYouMean, nearestName, snakeCase } from '../../lib/util/names.js'

describe('snakeCase', () => {
  it.each([
    ['createdAt', 'created_at'],
    ['User', 'user'],
    ['APIResponse', 'api_response'],
    ['userID', 'user_id'],
    ['HTTPServer2Go', 'http_server2_go'],
    ['already_snake', 'already_snake'],
    ['a1B', 'a1_b'],
    ['x', 'x']
  ])('%s → %s', (name, expected) => expect(snakeCase(name)).toBe(expected))

  it('gives the same again', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][A-Za-z0-9_]*$/), name => expect(snakeCase(snakeCase(name))).toBe(snakeCase(name)))
    )
  })
})

describe('nearestName', () => {
  const names = ['username', 'userId', 'content', 'createdAt']

  it.each([
    ['usrname', 'username'],
    ['userID', 'userId'],
    ['CREATEDAT', 'createdAt'],
    ['contents', 'content'],
    ['created', 'createdAt'],
    ['zebra', undefined],
    ['', undefined]
  ])('%s', (name, expected) => expect(nearestName(name, names)).toBe(expected))

  it('finds a name itself', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, selector: name => name.toLowerCase() }), all => {
        for (const name of all) expect(nearestName(name, all)).toBe(name)
      })
    )
  })

  it('is asked in a sentence', () => {
    expect(didYouMean('usrname', names)).toBe('; did you mean "username"?')
    expect(didYouMean('zebra', names)).toBe('')
  })
})
