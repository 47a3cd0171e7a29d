import { configureGlobal } from 'fast-check';

/**
 * In CI properties are tried with the same values each time: what fails there fails because of a change. Everywhere else with others each
 * time; the seed of a failure is printed with it.
 */
if (process.env['CI']) configureGlobal({ seed: 20_261_128 });
