#!/usr/bin/env node
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await createProgram(processTerminal()).run(process.argv.slice(2));
