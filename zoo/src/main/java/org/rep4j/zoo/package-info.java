/**
 * Published nets: {@link org.rep4j.zoo.PublishedNet} builds each in train form or deploy form, and knows what its authors call the
 * tensors in their checkpoints.
 */
@NullMarked
package org.rep4j.zoo;

import org.jspecify.annotations.NullMarked;
