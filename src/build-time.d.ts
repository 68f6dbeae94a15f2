/** Put in by the build (scripts/build.mts). */
declare const __MAITRED_VERSION__: string;
/** The same in every file of one build, and in no other build. */
declare const __MAITRED_BUILD_ID__: string;
