/** Identifies a build: a package manager may replace files under a running server. */
export const build = { version: __MAITRED_VERSION__, id: __MAITRED_BUILD_ID__ };
