// xdg-open LINK
const { status } = await fetch(process.argv[2] ?? '');
if (status !== 200) throw new Error(`the link answers ${status}`);
