// Writes two bytes and reads nothing.
process.stdout.write('{}');
