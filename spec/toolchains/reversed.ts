/** The same with the circle of files entered from the other side. */
import './tweet.js'
import './main.js'
