import fc from 'fast-check'

// A test that fails once in a hundred runs stops whoever happens to run it, and passes again before anybody has looked.
// So the same cases run everywhere, and new ones where somebody asks for them: TXKEEP_RANDOM_SEED=<integer>.
fc.configureGlobal({ seed: Number(process.env.TXKEEP_RANDOM_SEED ?? 2) })
