// Says what the least of hooks could say, and looks at nothing.
process.stdout.write('{}');
