// Says two bytes, and looks at nothing.
process.stdout.write('{}');
