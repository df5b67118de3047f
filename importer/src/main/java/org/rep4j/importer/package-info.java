/**
 * DL4J's own ONNX importer, samediff-import-onnx, in a process of its own, where it can take nobody down with it. The class path
 * of a caller needs none of the libraries that it runs on.
 */
@NullMarked
package org.rep4j.importer;

import org.jspecify.annotations.NullMarked;
