package org.rep4j.zoo;

/** The two forms of one function. */
public enum Form {
    /** With all branches, as it is trained. */
    TRAIN,
    /** With one convolution for each block. */
    DEPLOY
}
