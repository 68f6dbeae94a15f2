/** What is missing where a server is the first process of a container, pid 1, to which the kernel gives every orphan. */
export const missingInit =
  'this server is pid 1 and reaps no orphans, so processes that commands leave stay as zombies: start the container with an init (docker run --init)';
