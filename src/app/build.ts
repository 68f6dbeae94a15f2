/** Tells the files of one build from those of another: a package manager may replace them under a running server. */
export const build = { version: __MAITRED_VERSION__, id: __MAITRED_BUILD_ID__ };
