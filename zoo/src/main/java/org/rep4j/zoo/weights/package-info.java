/** Files of weights: safetensors, and what PyTorch's {@code torch.save} writes. Nothing in them is ever executed. */
@NullMarked
package org.rep4j.zoo.weights;

import org.jspecify.annotations.NullMarked;
