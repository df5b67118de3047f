/** The picture of a deployment: one HTML page with both graphs side by side, their costs and the spread of their weights. */
@NullMarked
package org.rep4j.cli.picture;

import org.jspecify.annotations.NullMarked;
