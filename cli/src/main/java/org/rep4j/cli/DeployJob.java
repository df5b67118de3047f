package org.rep4j.cli;

import java.nio.file.Path;

/**
 * A model to deploy.
 *
 * @param input the train form's file
 * @param output where the deploy form goes
 */
record DeployJob(Path input, Path output) {}
